/** A case of the generator (`test/streams`), run with all that may happen to a worker meanwhile. */
import { bytes } from '../../src/serde/bytes.ts'
import { nullable } from '../../src/serde/nullable.ts'
import { text } from '../../src/serde/text.ts'
import { type DriveOptions, drive, type Flow } from '../../src/testing/drive.ts'
import { topic } from '../../src/topology/topic.ts'
import type { Topology } from '../../src/topology/topology.ts'
import type { Case, OutputRow, Step } from '../streams/case.ts'
import { buildTopology } from '../streams/millrace/build.ts'
import { maybeText } from '../streams/millrace/made.ts'

export interface Happening extends DriveOptions {
  readonly topology?: Topology
  /** Before each step. */
  readonly before?: (flow: Flow, step: number) => void
  /** In place of each step, which it calls. */
  readonly during?: (flow: Flow, step: () => void) => void
  /** When a step is done and committed. */
  readonly after?: (flow: Flow, step: number) => void
  /** When all steps are. */
  readonly end?: (flow: Flow) => void
}

/** What came out of all output topics, step by step; last what `end` led to. */
export type Outputs = readonly (readonly OutputRow[])[]

export function runCase(about: Case, { topology, before, during, after, end, ...options }: Happening = {}): Outputs {
  const flow = drive(topology ?? buildTopology(about), { now: 0, ...options })
  try {
    const steps = about.steps.map((step, index) => {
      before?.(flow, index)
      if (during === undefined) take(flow, step)
      else during(flow, () => take(flow, step))
      const rows = given(flow, about)
      after?.(flow, index)
      return rows
    })
    end?.(flow)
    return [...steps, given(flow, about)]
  } finally {
    flow.close()
  }
}

export function take(flow: Flow, step: Step): void {
  if (step.do === 'advance') flow.advance({ milliseconds: step.milliseconds })
  else {
    const { topic: name, key, value, time } = step
    flow.put(topic(name, { key: text, value: text }), value, { key, time })
  }
}

function given(flow: Flow, { operators }: Case): OutputRow[] {
  return operators.flatMap((operator) => {
    if (operator.op !== 'to') return []
    const taken = flow.take(topic(operator.topic, { key: maybeText, value: maybeText }))
    return taken.map(({ key, value, time }): OutputRow => [operator.topic, key, value, time])
  })
}

/** Records of an internal topic since it was last asked for, as bytes. */
export function rawRecords(flow: Flow, name: string) {
  return flow.take(topic(name, { key: nullable(bytes), value: nullable(bytes) }))
}

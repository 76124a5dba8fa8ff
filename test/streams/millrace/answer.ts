/** What Millrace answers to a case: each step driven by hand, what came out of every output topic after it. */
import { text } from '../../../src/serde/text.ts'
import { drive, type Flow } from '../../../src/testing/index.ts'
import { topic } from '../../../src/topology/topic.ts'
import type { Answer, Case, OutputRow, Step, StoreRow } from '../case.ts'
import { buildTopology } from './build.ts'
import { maybeText } from './made.ts'
import { writtenKey } from './values.ts'

/** @throws MissingWord where the DSL has no word for an operator; whatever Millrace refuses */
export function askMillrace(about: Pick<Case, 'operators' | 'steps' | 'stores'>): Answer {
  const flow = drive(buildTopology(about), { now: 0 })
  const outputs = about.operators.flatMap((operator) => (operator.op === 'to' ? [operator.topic] : []))
  const steps = about.steps.map((step) => {
    take(flow, step)
    return outputs.flatMap((output) => given(flow, output))
  })
  return { steps, stores: Object.fromEntries(about.stores.map(({ name }) => [name, rowsOf(flow, name)])) }
}

function rowsOf(flow: Flow, name: string): StoreRow[] {
  const rows = flow.store(name).rows()
  return rows.map(({ key, value, time, window }) => {
    const written = String(key)
    return [window === null ? written : writtenKey(written, window), String(value), time]
  })
}

function take(flow: Flow, step: Step): void {
  if (step.do === 'advance') {
    flow.advance({ milliseconds: step.milliseconds })
    return
  }
  const { topic: name, key, value, time } = step
  flow.put(topic(name, { key: text, value: text }), value, { key, time })
}

function given(flow: Flow, output: string): OutputRow[] {
  const taken = flow.take(topic(output, { key: maybeText, value: maybeText }))
  return taken.map(({ key, value, time }) => [output, key, value, time])
}

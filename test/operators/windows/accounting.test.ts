/**
 * Every record is accounted for: in the final row of each of its windows, or late for it, and never twice; whatever
 * jumps of time, restarts and ends of bounded runs lie between.
 */
import { describe, expect, test } from 'vitest'
import {
  cumulate,
  from,
  hopping,
  json,
  type KeyedStream,
  onEventTime,
  onRecords,
  type Pane,
  session,
  sliding,
  text,
  topic,
  topology,
  tumbling,
  type Window,
  type WindowResults,
} from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive } from '../../../src/testing/index.ts'
import { type LastingWindows, lengthOf, ms } from './flows.ts'

const input = topic('in', { key: text, value: json<number>() })
const output = topic('out', { key: text, value: json<readonly [window: string, records: readonly number[]]>() })
const lateOutput = topic('late', { key: text, value: json<readonly [window: string, record: number]>() })

/** In how many windows a record lies; sliding ones depend on the others. */
const kinds: Readonly<
  Record<string, { readonly of: (grace: number) => LastingWindows; readonly windows: number | null }>
> = {
  tumbling: { of: (grace) => tumbling(ms(10), { grace: ms(grace) }), windows: 1 },
  hopping: { of: (grace) => hopping(ms(12), { every: ms(4), grace: ms(grace) }), windows: 3 },
  'cumulate of one step': { of: (grace) => cumulate(ms(5), { step: ms(5), grace: ms(grace) }), windows: 1 },
  session: { of: (grace) => session(ms(5), { grace: ms(grace) }), windows: 1 },
  sliding: { of: (grace) => sliding(ms(8), { grace: ms(grace) }), windows: null },
}

type Step = { readonly key: string; readonly time: number } | 'restart' | 'end' | 'end and restart'
const jumps = [10, 1_000, 100_000_000_000]

function script(random: Random): Step[] {
  let now = 20
  return Array.from({ length: 60 }, () => {
    const dice = randomInteger(random, 0, 30)
    if (dice === 0) return 'restart'
    if (dice === 1) return 'end'
    if (dice === 2) return 'end and restart'
    now += dice === 3 ? jumps[randomInteger(random, 0, 2)]! : randomInteger(random, 0, 3)
    const back = randomInteger(random, 0, 2) === 0 ? randomInteger(random, 0, 25) : 0
    return { key: 'ab'.charAt(randomInteger(random, 0, 1)), time: Math.max(12, now - back) }
  })
}

const fold = {
  as: json<readonly number[]>(),
  start: [] as readonly number[],
  add: (sum: readonly number[], value: number) => [...sum, value],
  merge: (one: readonly number[], other: readonly number[]) => [...one, ...other],
}

type Sum = readonly number[]
type Results = WindowResults<string, Sum, number>
interface Said {
  map(handler: (value: Sum | Pane<Sum>, context: { readonly window: Window }) => Row): {
    filter(keeps: (row: Row) => boolean): KeyedStream<string, Row>
  }
}
type Row = readonly [window: string, records: Sum]

/** Ways to speak that have a last row for each window. */
const modes: Readonly<Record<string, (results: Results) => Pick<Results, 'late'>>> = {
  final: (results) => results,
  'on time': (results) => results.onTime(),
  'early by records': (results) => results.early(onRecords(2)),
  'early by time': (results) => results.early(onEventTime(ms(7))),
  suppressed: (results) => {
    const updates = results.updates()
    const held = updates.suppress('held', { until: 'close' })
    return { map: held.map.bind(held), late: updates.late } as never
  },
}

function outcome(windows: LastingWindows, mode: string, isBehind: boolean, steps: readonly Step[]) {
  const source = from(input)
  const keyed = isBehind ? source.keyBy('again', (_value, { key }) => key, { key: text }) : source
  const said = modes[mode]!(keyed.window(windows as never).aggregate('sums', fold) as never)
  const rows = (said as unknown as Said).map((value, { window }) => [lengthOf(window), lastOf(value)])
  const flow = drive(
    topology(
      'app',
      rows.filter(([, records]) => records.length > 0).to(output),
      said.late.map(({ value, window }) => [lengthOf(window), value] as const).to(lateOutput),
    ),
  )
  let counted = 0
  for (const [record, step] of steps.entries()) {
    if (typeof step === 'object') flow.put(input, record, step)
    else if (step !== 'restart') flow.end()
    if (step !== 'restart' && step !== 'end and restart') continue
    counted += flow.counters.late
    flow.restart()
  }
  flow.end()
  return { final: flow.take(output), late: flow.take(lateOutput), counted: counted + flow.counters.late }
}

/** Of provisional rows nothing. */
function lastOf(value: Sum | Pane<Sum>): Sum {
  if (!('pane' in value)) return value
  return value.pane === 'final' ? value.value : []
}

const isOnce = (values: readonly unknown[]): boolean => new Set(values).size === values.length

const keyOf = (steps: readonly Step[], record: number): string => (steps[record] as { readonly key: string }).key

const cases = Object.keys(kinds).flatMap((kind) => Object.keys(modes).map((mode) => [kind, mode] as const))
const runs = [0, 1].flatMap((seed) =>
  [0, 6].flatMap((grace) => [false, true].map((behind) => [seed, grace, behind] as const)),
)

describe.each(cases)('%s, %s', (kind, mode) => {
  const { of, windows } = kinds[kind]!
  test.each(runs)('seed %i, grace %i, behind a repartition topic: %s', (seed, grace, isBehind) => {
    const steps = script(seededRandom(seed))
    const { final, late, counted } = outcome(of(grace), mode, isBehind, steps)
    const folded = final.flatMap(({ key, value: [window, records] }) =>
      records.map((each) => `${each} ${key} ${window}`),
    )
    const refused = late.map(({ value: [window, each] }) => `${each} ${keyOf(steps, each)} ${window}`)
    expect(isOnce(final.map(({ key, value: [window] }) => `${key} ${window}`))).toBe(true)
    expect(isOnce([...folded, ...refused])).toBe(true)
    expect(late.length).toBeGreaterThan(0)
    expect(counted).toBe(late.length)
    for (const [record, step] of steps.entries()) {
      if (typeof step === 'string') continue
      const found = [...folded, ...refused].filter((each) => each.startsWith(`${record} ${step.key} `)).length
      if (windows === null) expect(found, `${record}@${step.time}`).toBeGreaterThan(0)
      else expect(found, `${record}@${step.time}`).toBe(windows)
    }
  })
})

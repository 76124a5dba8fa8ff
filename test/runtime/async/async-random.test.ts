/** Windows before, between and behind steps that wait: whatever order answers come in, the rows are those of steps that don't. */
import { describe, expect, test } from 'vitest'
import {
  from,
  json,
  number,
  reject,
  type Topology,
  text,
  topic,
  topology,
  tumbling,
  valueState,
} from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import type { KeyedStream } from '../../../src/topology/stream.ts'

const input = topic('in', { key: text, value: text })
const copies = topic('copies', { key: text, value: text })
const inner = topic('inner', { key: text, value: number })
const outer = topic('outer', { key: text, value: number })
const late = topic('late', { key: text, value: json<unknown>() })
const disorder = 12
const ms = (milliseconds: number) => ({ milliseconds })

/** Waits for an answer, or not. */
type Step = (stream: KeyedStream<string, string>, name: string) => KeyedStream<string, string>

/** Records are asked about, folded, the folds asked about again and folded again; copies leave traces at the start. */
function built(step: Step) {
  const source = from(input, { idle: 'off', outOfOrderness: ms(disorder) })
  const answered = step(source, 'first')
  const tens = answered.window(tumbling(ms(10))).count('tens')
  const rows = tens.map((count) => String(count)) as unknown as KeyedStream<string, string>
  const fifties = step(rows, 'second')
    .window(tumbling(ms(50), { grace: ms(5) }))
    .count('fifties')
  return topology(
    'app',
    source.to(copies),
    tens.to(inner),
    tens.late.to(late),
    fifties.to(outer),
    fifties.late.map(({ value }) => value).to(late),
  )
}

/** State, timers and periodic calls before steps that wait: records that turn out to be bad had changed all of it. */
function remembering(step: Step): Topology {
  const counted = from(input, { idle: 'off', outOfOrderness: ms(disorder) }).process('count', {
    state: { count: valueState(number) },
    *onRecord(value, { state, timers, time }) {
      const count = (state.count.get() ?? 0) + 1
      state.count.set(count)
      timers.set('later', time + 20)
      yield `${value} is ${count}`
    },
    onTimer: ({ time }, { state }) => [`at ${time} ${state.count.get()}`],
    everyEventTime: { every: ms(25), forEachKey: true, run: ({ state, time }) => [`${time}: ${state.count.get()}`] },
  })
  const rows = step(counted, 'first')
    .window(tumbling(ms(10)))
    .count('tens')
  return topology(
    'app',
    counted.to(copies),
    step(counted, 'second')
      .map((value) => value.length)
      .to(inner),
    rows.to(outer),
    rows.late.to(late),
  )
}

interface Event {
  readonly key: string
  readonly value: string
  readonly time: number
}

/** No record comes behind one that is more than `disorder` younger. */
function events(random: Random): Event[] {
  return Array.from({ length: 80 }, (_, at) => ({ at, time: at * 4 + randomInteger(random, 0, 1) }))
    .map(({ at, time }) => ({ at, time, arrives: time + randomInteger(random, 0, disorder) }))
    .sort((one, other) => one.arrives - other.arrives)
    .map(({ at, time }) => ({
      key: 'abc'.charAt(randomInteger(random, 0, 2)),
      value: `${random.next() < 0.06 ? 'bad' : 'v'}${at}`,
      time,
    }))
}

interface Told {
  readonly copies: readonly string[]
  readonly inner: readonly string[]
  readonly outer: readonly string[]
  readonly late: number
  readonly deadLetters: readonly string[]
}

/** @throws MillraceError a rejection, for some values */
function answerOf(value: string): string {
  if (value.startsWith('bad')) throw reject(value)
  return value
}

function take(flow: Flow): Told {
  const texts = (name: typeof inner) =>
    flow
      .take(name)
      .map(({ key, value, time }) => `${key}=${value}@${time}`)
      .toSorted()
  const deadLetters = flow
    .deadLetters('in')
    .map(({ value }) => value!.toString())
    .toSorted()
  const copied = flow.take(copies).map(({ value }) => value)
  return { copies: copied, inner: texts(inner), outer: texts(outer), late: flow.take(late).length, deadLetters }
}

type Build = (step: Step) => Topology

function plain(build: Build, all: readonly Event[]): Told {
  const flow = drive(build((stream) => stream.map(answerOf)))
  for (const { key, value, time } of all) flow.put(input, value, { key, time })
  flow.end()
  return take(flow)
}

/** Answers come in random order, between and behind records; the worker is restarted on its way, and some records are bad. */
async function waiting(build: Build, all: readonly Event[], random: Random, restarts: boolean): Promise<Told> {
  const open: (() => void)[] = []
  const ask = async (value: string): Promise<string> => {
    await new Promise<void>((resolve) => open.push(resolve))
    return answerOf(value)
  }
  const concurrency = randomInteger(random, 1, 9)
  const flow = drive(build((stream, name) => stream.mapAsync(name, ask, { concurrency })))
  const answer = async (): Promise<void> => {
    const [one] = open.splice(randomInteger(random, 0, open.length - 1), 1)
    one?.()
    await new Promise((resolve) => setImmediate(resolve))
    flow.advance(ms(0))
  }
  for (const { key, value, time } of all) {
    flow.put(input, value, { key, time })
    while (random.next() < 0.5) await answer()
    if (!restarts || random.next() < 0.93) continue
    open.length = 0
    flow.restart()
  }
  flow.advance(ms(0))
  while (open.length > 0) await answer()
  await flow.settle()
  flow.end()
  while (open.length > 0) await answer()
  await flow.settle()
  return take(flow)
}

const topologies: readonly [name: string, build: Build][] = [
  ['windows', built],
  ['state', remembering],
]
const runs = topologies.flatMap(([name, build]) => [0, 1, 2, 3, 4, 5, 6, 7].map((seed) => [name, seed, build] as const))

describe.each(runs)('%s, random answers (seed %i)', (_name, seed, build) => {
  const random = seededRandom(seed)
  const all = events(random)
  const expected = plain(build, all)

  test('make no row late, and none another', async () => {
    expect(expected.late).toBe(0)
    expect(await waiting(build, all, random, false)).toEqual(expected)
  })

  test('nor do restarts while records wait', async () => {
    expect(await waiting(build, all, random, true)).toEqual(expected)
  })
})

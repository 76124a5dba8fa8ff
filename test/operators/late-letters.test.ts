/** Late records as dead letters, where the operator says so (`semantics.md` 2.11). */
import { expect, test } from 'vitest'
import {
  begin,
  countWindow,
  deadLetter,
  from,
  hopping,
  json,
  number,
  skip,
  sliding,
  text,
  topic,
  topology,
  tumbling,
  valueState,
} from '../../src/index.ts'
import { drive, type Flow } from '../../src/testing/drive.ts'
import type { RawRecord } from '../../src/testing/reader.ts'
import { compile } from '../../src/topology/compile.ts'
import { describe } from '../../src/topology/describe.ts'

const ms = (milliseconds: number) => ({ milliseconds })
const input = topic('in', { key: text, value: text })
const other = topic('other', { key: text, value: text })
const output = topic('out', { key: text, value: json<unknown>() })
const lateOutput = topic('late', { key: text, value: text })
const counted = topic('counted', { key: text, value: text })
const late = deadLetter('too-late')

const records = () => from(input, { idle: 'off' })
const select = (): string => 'match'
const always = (): boolean => true

const operators = {
  'a window': () =>
    records()
      .window(tumbling(ms(10)))
      .count('it', { late }),
  'a sliding window': () =>
    records()
      .window(sliding(ms(10)))
      .count('it', { late }),
  'a window that shows every change': () =>
    records()
      .window(tumbling(ms(10)))
      .count('it', { late })
      .updates(),
  'a join': () => records().join('it', from(other), (one) => one, { within: ms(5), late }),
  'an outer join': () => records().outerJoin('it', from(other), (one) => one, { within: ms(5), late }),
  dedupe: () => records().dedupe('it', { within: ms(5), late }),
  'a pattern': () => records().pattern('it', begin('a', always), { within: ms(5), select, late }),
} as const

const lettersOf = (flow: Flow): RawRecord[] => flow.deadLetters('too-late')
const said = (letters: readonly RawRecord[]): string[] => letters.map(({ key, value }) => `${key}=${value}`)

test.each(Object.entries(operators))('%s: what it refuses goes there, byte for byte', (_, make) => {
  const flow = drive(
    topology(
      'app',
      make()
        .map((value) => value)
        .to(output),
    ),
  )
  flow.put(input, 'new', { key: 'k', time: 100 })
  flow.put(input, 'old', { key: 'k', time: 17, headers: { trace: '7' } })
  const letters = lettersOf(flow)
  expect(said(letters)).toEqual(['k=old'])
  expect(letters[0]!.headers).toMatchObject({
    trace: '7',
    '__streams.errors.topic': 'in',
    '__streams.errors.offset': '1',
    '__millrace.dlq.stage': 'late',
    '__millrace.dlq.node': 'it',
    '__millrace.dlq.error.code': 'MR3010',
  })
  expect(flow.counters).toMatchObject({ late: 1, deadLetters: 0 })
})

test('a record that is late in one window and taken in another: a letter per window that refused it', () => {
  const windows = records()
    .window(hopping(ms(20), { every: ms(5) }))
    .count('it', { late })
  const flow = drive(topology('app', windows.map((count) => count).to(output)))
  flow.put(input, 'new', { key: 'k', time: 30 })
  // [0,20), [5,25) and [10,30) are closed, [15,35) is not.
  flow.put(input, 'old', { key: 'k', time: 18 })
  const letters = lettersOf(flow)
  expect(said(letters)).toEqual(['k=old', 'k=old', 'k=old'])
  const windowsOf = letters.map(({ headers }) => /window (\S+) to (\S+):/.exec(headers['__streams.errors.message']!))
  expect(windowsOf.map((bounds) => bounds?.slice(1).map((at) => Date.parse(at)))).toEqual([
    [0, 20],
    [5, 25],
    [10, 30],
  ])
  expect(flow.counters.late).toBe(3)
  flow.end()
  const counts = flow.take(output).map(({ value }) => value)
  expect(counts).toEqual([2, 1, 1, 1])
})

test('what is connected to `late` gets them too', () => {
  const windows = records()
    .window(tumbling(ms(10)))
    .count('it', { late })
  const heard = windows.late.map(({ value }) => value).to(lateOutput)
  const flow = drive(topology('app', windows.map((count) => count).to(output), heard))
  flow.put(input, 'new', { key: 'k', time: 100 })
  flow.put(input, 'old', { key: 'k', time: 17 })
  expect(said(lettersOf(flow))).toEqual(['k=old'])
  expect(flow.take(lateOutput).map(({ value }) => value)).toEqual(['old'])
})

test('a record that fails further on leaves no late letter', () => {
  const fail = (count: unknown): unknown => {
    if (count === 1 && failing) throw new Error('no')
    return count
  }
  let failing = false
  const windows = records()
    .window(hopping(ms(20), { every: ms(10) }))
    .count('it', { late })
    .updates()
  const flow = drive(topology('app', windows.map(fail, { onFailure: [skip()] }).to(output)))
  flow.put(input, 'new', { key: 'k', time: 30 })
  failing = true
  // [0,20) refuses it; [10,30) is closed as well; a record at 25 is refused by [10,30) and taken by [20,40).
  flow.put(input, 'old', { key: 'other', time: 25 })
  expect(flow.counters).toMatchObject({ skipped: 1, late: 0 })
  expect(said(lettersOf(flow))).toEqual([])
})

test('what had waited for an answer goes there as it was read, not as the answer', async () => {
  const answered = records().mapAsync('ask', async (value) => `answer to ${value}`)
  const windows = answered.window(tumbling(ms(10))).count('it', { late })
  const flow = drive(topology('app', windows.map(String).to(counted)))
  flow.put(input, 'new', { key: 'k', time: 100 })
  await flow.settle()
  flow.put(input, 'old', { key: 'k', time: 17 })
  flow.put(input, 'newer', { key: 'k', time: 120 })
  await flow.settle()
  const letters = lettersOf(flow)
  expect(said(letters)).toEqual(['k=old'])
  expect(letters[0]!.headers).toMatchObject({ '__millrace.dlq.stage': 'late', '__streams.errors.offset': '1' })
})

test('a row that no record caused stands for itself', () => {
  const ticks = records().process('p', {
    state: { seen: valueState(number) },
    onRecord: (value, { state }) => {
      state.seen.set(1)
      return [value]
    },
    everyWallClock: { every: ms(10), forEachKey: true, run: () => ['tick'] },
  })
  const ticked = ticks.window(tumbling(ms(10))).count('it', { late })
  const flow = drive(topology('app', ticked.map(String).to(counted)), { now: 1_000 })
  for (const time of [2_000, 3_000]) flow.put(input, 'a', { key: 'k', time })
  flow.advance(ms(10))
  flow.advance(ms(10))
  const letters = lettersOf(flow)
  expect(said(letters)).toEqual(['k="tick"', 'k="tick"'])
  expect(letters[0]!.headers).toMatchObject({ '__millrace.dlq.stage': 'late', '__streams.errors.offset': '-1' })
})

test('the queue is a topic of the graph, and described', () => {
  const graph = compile(topology('app', operators['a join']().map(String).to(counted)))
  const letters = graph.internal.find(({ name }) => name === 'app.dlq.too-late')
  expect(letters).toMatchObject({ kind: 'dead-letter', partitionsOf: { topics: ['in', 'other'] } })
  expect(describe(graph)).toContain('late records to dead letter too-late')
})

test('only dead letters can be said, and nowhere where nothing is late', () => {
  const windows = records().window(tumbling(ms(10)))
  // @ts-expect-error late records can't be skipped by a policy: they are, where nothing is said
  expect(() => windows.count('it', { late: skip() })).toThrow('Late records can only become dead letters')
  // @ts-expect-error nothing is late for a window of so many records
  records().window(countWindow(10)).count('it', { late })
  // @ts-expect-error nothing is late for a fold without windows
  records().count('it', { late })
})

/** Records that fail and are tried again where they are, by hand: what precedes is committed, what follows waits. */
import { describe, expect, test } from 'vitest'
import {
  deadLetter,
  from,
  MillraceError,
  number,
  retry,
  retryLater,
  stop,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import { subscribe } from '../../../src/observe/events.ts'
import { drive } from '../../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const other = topic('other', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const ms = (milliseconds: number) => ({ milliseconds })
const twice = retry({ times: 2, backoff: [ms(1_000), ms(1_000)] })

/** Fails so many times at each of some values, then lets them through. */
class Flaky {
  readonly tried: string[] = []
  private readonly left: Map<string, number>

  constructor(failures: Readonly<Record<string, number>>) {
    this.left = new Map(Object.entries(failures))
  }

  readonly pass = (value: string): string => {
    this.tried.push(value)
    const left = this.left.get(value) ?? 0
    if (left === 0) return value
    this.left.set(value, left - 1)
    throw retryLater(`${value} is not ready`)
  }
}

const values = (records: readonly { value: string }[]) => records.map(({ value }) => value)

describe('in a step that waits for nothing', () => {
  test('a record that says it may work later is tried again, and what follows waits', () => {
    const flaky = new Flaky({ b: 2 })
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(flaky.pass, { onFailure: [twice] })
          .to(output),
      ),
      { now: 0 },
    )
    for (const value of ['a', 'b', 'c']) flow.put(input, value, { key: 'k', time: 0 })
    expect([values(flow.take(output)), flaky.tried]).toEqual([['a'], ['a', 'b']])
    expect(flow.held()).toEqual([
      { task: 'in-0', topic: 'in', partition: 0, offset: 1, attempts: 1, until: expect.any(Number) },
    ])
    flow.advance({ seconds: 2 })
    expect([values(flow.take(output)), flaky.tried]).toEqual([
      ['b', 'c'],
      ['a', 'b', 'b', 'b', 'c'],
    ])
    expect([flow.held(), flow.counters.deadLetters, flow.counters.recordsIn]).toEqual([[], 0, 3])
  })

  test('retries come to an end: the letter says how often, and since when', () => {
    const flaky = new Flaky({ b: 9 })
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(flaky.pass, { onFailure: [twice, deadLetter('dead')] })
          .to(output),
      ),
      { now: 0 },
    )
    flow.put(input, 'b', { key: 'k', time: 0 })
    flow.advance({ seconds: 5 })
    const [letter] = flow.deadLetters('dead')
    expect(letter!.headers).toMatchObject({
      '__millrace.dlq.attempts': '3',
      '__millrace.dlq.first.failed.at': '1970-01-01T00:00:00.000Z',
    })
    expect(letter!.headers['__millrace.dlq.failed.at']).not.toBe('1970-01-01T00:00:00.000Z')
  })

  test('an error that says no more is a rejection: no retry helps against the same bytes', () => {
    const tried: string[] = []
    const broken = (value: string): string => {
      tried.push(value)
      throw new Error('broken')
    }
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(broken, { onFailure: [twice] })
          .to(output),
      ),
    )
    flow.put(input, 'a', { key: 'k', time: 0 })
    expect([tried, flow.counters.deadLetters, flow.held()]).toEqual([['a'], 1, []])
  })

  test('not before the error says so', () => {
    const late = (): string => {
      throw retryLater('no', { after: { seconds: 7 } })
    }
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(late, { onFailure: [twice] })
          .to(output),
      ),
      { now: 0 },
    )
    flow.put(input, 'a', { key: 'k', time: 0 })
    expect(flow.held()).toMatchObject([{ until: 7_000 }])
  })

  test('what a held record did is taken back, and done once', () => {
    const flaky = new Flaky({ b: 1 })
    const counted = from(input).count('counted').toStream()
    const checked = counted.filter((_, { key }) => flaky.pass(key) === key, { onFailure: [twice] })
    const flow = drive(topology('app', checked.to(counts)), { now: 0 })
    for (const key of ['a', 'b', 'b']) flow.put(input, 'v', { key, time: 0 })
    flow.advance({ seconds: 2 })
    expect(flow.take(counts).map(({ key, value }) => `${key}${value}`)).toEqual(['a1', 'b1', 'b2'])
  })

  test('time stands still before it: a window that its own time would close stays open', () => {
    const flaky = new Flaky({ b: 1 })
    const windows = from(input, { idle: 'off' })
      .map(flaky.pass, { onFailure: [twice] })
      .window(tumbling(ms(10)))
      .count('tens')
    const flow = drive(topology('app', windows.to(counts)), { now: 0 })
    flow.put(input, 'a', { key: 'k', time: 5 })
    flow.put(input, 'b', { key: 'k', time: 25 })
    expect(flow.take(counts)).toEqual([])
    flow.advance({ seconds: 2 })
    expect(flow.take(counts).map(({ value }) => value)).toEqual([1])
  })

  test('other inputs of the same task wait for it, those of other tasks do not', () => {
    const flaky = new Flaky({ b: 1 })
    const merged = from(input, { idle: 'off' })
      .merge(from(other, { idle: 'off' }))
      .map(flaky.pass, { onFailure: [twice] })
    const flow = drive(topology('app', merged.to(output)), { now: 0, partitions: 2 })
    flow.put(other, 'x', { key: 'k', partition: 0, time: 1 })
    flow.put(input, 'b', { key: 'k', partition: 0, time: 2 })
    flow.put(other, 'y', { key: 'k', partition: 0, time: 3 })
    flow.put(input, 'z', { key: 'k', partition: 1, time: 9 })
    const before = values(flow.take(output))
    flow.advance({ seconds: 2 })
    expect([before.toSorted(), values(flow.take(output))]).toEqual([
      ['x', 'z'],
      ['b', 'y'],
    ])
  })

  test('a run does not end before it', () => {
    const flaky = new Flaky({ b: 2 })
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(flaky.pass, { onFailure: [twice] })
          .to(output),
      ),
      { now: 0 },
    )
    flow.put(input, 'b', { key: 'k', time: 0 })
    flow.end()
    expect([values(flow.take(output)), flow.held()]).toEqual([['b'], []])
  })

  test('a restart forgets how often it was tried', () => {
    const flaky = new Flaky({ b: 3 })
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(flaky.pass, { onFailure: [twice, stop()] })
          .to(output),
      ),
      { now: 0 },
    )
    flow.put(input, 'b', { key: 'k', time: 0 })
    flow.restart()
    flow.advance({ seconds: 0 })
    flow.advance({ seconds: 5 })
    expect([values(flow.take(output)), flaky.tried]).toEqual([['b'], ['b', 'b', 'b', 'b']])
  })

  test('what no record is to blame for stops the worker, and is no dead letter', () => {
    const broken = (): string => {
      throw new Error('wrapped', { cause: new MillraceError('fatal', { code: 'MR2008', what: 'no rights' }) })
    }
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(broken, { onFailure: [twice] })
          .to(output),
      ),
      { now: 0 },
    )
    expect(() => flow.put(input, 'b', { key: 'k', time: 0 })).toThrow('wrapped')
    expect(flow.counters.deadLetters).toBe(0)
  })

  test('somebody is told', () => {
    const told: unknown[] = []
    const end = subscribe('record.held', (event) => void told.push(event))
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(new Flaky({ b: 1 }).pass, { onFailure: [twice] })
          .to(output),
      ),
      { now: 0 },
    )
    flow.put(input, 'b', { key: 'k', time: 0 })
    end()
    expect(told).toMatchObject([
      { task: 'in-0', topic: 'in', partition: 0, offset: 0, attempts: 1, reason: 'b is not ready' },
    ])
  })
})

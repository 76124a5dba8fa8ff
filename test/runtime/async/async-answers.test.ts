/** What calls were answered is remembered over the rewinds of the task itself: nobody is asked twice. */
import { describe, expect, test } from 'vitest'
import { breaker, deadLetter, from, json, retry, retryLater, text, topic, topology } from '../../../src/index.ts'
import { subscribe } from '../../../src/observe/events.ts'
import type { AsyncPolicy } from '../../../src/policies/policy.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const copies = topic('copies', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const ms = (milliseconds: number) => ({ milliseconds })
const out = (flow: Flow) => flow.take(output).map(({ value }) => value)
const touchy = [breaker('api', { opensAfter: 1, coolsFor: { seconds: 5 }, closesAfter: 1 }), deadLetter('lost')]
const later = retry({ times: 3, backoff: [{ seconds: 4 }, { seconds: 4 }] })

class Neighbour {
  readonly asked: string[] = []
  readonly down = new Set<string>()

  readonly ask = async (value: string): Promise<string> => {
    this.asked.push(value)
    if (this.down.has(value)) throw new Error(`no ${value}`)
    return value.toUpperCase()
  }
}

/** Its copy leaves a trace before each call. */
function driven(neighbour: Neighbour, onFailure: readonly AsyncPolicy[] = touchy): Flow {
  const source = from(input, { idle: 'off' })
  const answers = source.mapAsync('ask', neighbour.ask, { concurrency: 3, onFailure })
  return drive(topology('app', source.to(copies), answers.to(output)), { now: 0 })
}

async function put(flow: Flow, ...values: readonly string[]): Promise<void> {
  for (const value of values) flow.put(input, value, { key: value[0]!, time: 0 })
  await flow.settle()
}

async function advance(flow: Flow, milliseconds: number): Promise<void> {
  flow.advance(ms(milliseconds))
  await flow.settle()
}

describe('taken back by the task itself', () => {
  test('what precedes a record that is held is committed without asking, and through a breaker that is open', async () => {
    const neighbour = new Neighbour()
    neighbour.down.add('c')
    const flow = driven(neighbour)
    await put(flow, 'a', 'b', 'c')
    expect([out(flow), flow.counters.aborts, neighbour.asked]).toEqual([['A', 'B'], 1, ['a', 'b', 'c']])
    neighbour.down.clear()
    await advance(flow, 5_000)
    expect([out(flow), neighbour.asked]).toEqual([['C'], ['a', 'b', 'c', 'c']])
  })

  test('also more of them than may be asked at a time', async () => {
    const neighbour = new Neighbour()
    const open: (() => void)[] = []
    const flow = driven(
      Object.assign(Object.create(neighbour) as Neighbour, {
        ask: async (value: string) => {
          if (value === 'a') await new Promise<void>((resolve) => open.push(resolve))
          return neighbour.ask(value)
        },
      }),
    )
    neighbour.down.add('z')
    for (const value of ['a', ...'bcdefghijk', 'z']) flow.put(input, value, { key: value, time: 0 })
    flow.advance(ms(0))
    for (let turns = 0; turns < 100; turns++) {
      await new Promise((resolve) => setImmediate(resolve))
      flow.advance(ms(0))
    }
    open[0]!()
    await flow.settle()
    expect(out(flow).toSorted()).toEqual([...'ABCDEFGHIJK'])
    expect(neighbour.asked.toSorted()).toEqual([...'abcdefghijk', 'z'])
  })

  test('the first of two calls is not made again for the second', async () => {
    const first = new Neighbour()
    const second = new Neighbour()
    second.down.add('A')
    const source = from(input, { idle: 'off' })
    const answers = source.mapAsync('first', first.ask).mapAsync('second', second.ask, { onFailure: [later] })
    const flow = drive(topology('app', source.to(copies), answers.to(output)), { now: 0 })
    await put(flow, 'a')
    second.down.clear()
    await advance(flow, 4_000)
    expect([out(flow), first.asked, second.asked]).toEqual([['A'], ['a'], ['A', 'A']])
  })

  test('calls that ask the same have an answer each', async () => {
    let count = 0
    const ask = async (value: string): Promise<string> => {
      count++
      if (value === 'bad' && count < 5) throw new Error('no')
      return `${value}${count}`
    }
    const answers = from(input, { idle: 'off' })
      .flatMap((value) => (value === 'bad' ? [value] : [value, value]))
      .mapAsync('ask', ask, { onFailure: [later] })
    const flow = drive(topology('app', answers.to(output)), { now: 0 })
    await put(flow, 'a', 'bad')
    expect(count).toBe(3)
    expect(out(flow)).toEqual(['a1', 'a2'])
  })

  test('an answer that was changed on its way is given as it was', async () => {
    const counts = topic('counts', { key: text, value: json<{ count: number }>() })
    let asked = 0
    const ask = async (value: string): Promise<{ count: number }> => {
      asked++
      if (value === 'bad') throw new Error('no')
      return { count: 0 }
    }
    const answers = from(input, { idle: 'off' })
      .mapAsync('ask', ask, { onFailure: [later] })
      .map((row) => {
        row.count++
        return row
      })
    const flow = drive(topology('app', answers.to(counts)), { now: 0 })
    await put(flow, 'a', 'bad')
    expect([flow.take(counts).map(({ value }) => value), asked, flow.counters.aborts]).toEqual([[{ count: 1 }], 2, 1])
  })
})

describe('asked again', () => {
  test('where what an answer led to says: later', async () => {
    let isReady = false
    const neighbour = new Neighbour()
    const source = from(input, { idle: 'off' })
    const answers = source.mapAsync('ask', neighbour.ask).map(
      (value) => {
        if (!isReady) throw retryLater('not yet')
        return value
      },
      { onFailure: [later] },
    )
    const flow = drive(topology('app', source.to(copies), answers.to(output)), { now: 0 })
    await put(flow, 'a')
    isReady = true
    await advance(flow, 4_000)
    expect([out(flow), neighbour.asked]).toEqual([['A'], ['a', 'a']])
  })

  test('by another owner', async () => {
    const neighbour = new Neighbour()
    neighbour.down.add('b')
    const flow = driven(neighbour, [later])
    await put(flow, 'b', 'a')
    neighbour.down.clear()
    flow.restart()
    await flow.settle()
    expect([out(flow), neighbour.asked]).toEqual([
      ['B', 'A'],
      ['b', 'a', 'b', 'a'],
    ])
  })
})

test('a record that was held is tried again when what precedes it is committed', async () => {
  const neighbour = new Neighbour()
  const open: (() => void)[] = []
  const ask = async (value: string): Promise<string> => {
    if (value.startsWith('slow')) await new Promise<void>((resolve) => open.push(resolve))
    return neighbour.ask(value)
  }
  const source = from(input, { idle: 'off' })
  const answers = source.mapAsync('ask', ask, { concurrency: 3, onFailure: [later], timeout: { minutes: 10 } })
  const flow = drive(topology('app', source.to(copies), answers.to(output)), { now: 0, partitions: 2 })
  const putAt = (partition: number, value: string) => flow.put(input, value, { key: 'k', time: 0, partition })
  neighbour.down.add('bad')
  putAt(0, 'bad')
  await flow.settle()
  neighbour.down.clear()
  putAt(1, 'slow')
  flow.advance({ seconds: 8 })
  await new Promise((resolve) => setImmediate(resolve))
  flow.advance(ms(0))
  expect(neighbour.asked).toEqual(['bad'])
  open[0]!()
  await flow.settle()
  expect([out(flow).toSorted(), neighbour.asked]).toEqual([
    ['BAD', 'SLOW'],
    ['bad', 'slow', 'bad'],
  ])
})

test('a call that an open breaker refused is told as no attempt', async () => {
  const held: number[] = []
  const neighbour = new Neighbour()
  neighbour.down.add('b')
  const answers = from(input, { idle: 'off' })
    .flatMap((value) => [...value])
    .mapAsync('ask', neighbour.ask, { concurrency: 2, onFailure: touchy })
  const flow = drive(topology('app', answers.to(output)), { now: 0 })
  const stop = subscribe('record.held', ({ attempts }) => void held.push(attempts))
  try {
    await put(flow, 'b', 'xyz')
  } finally {
    stop()
  }
  expect([held, neighbour.asked]).toEqual([
    [1, 0],
    ['b', 'x'],
  ])
})

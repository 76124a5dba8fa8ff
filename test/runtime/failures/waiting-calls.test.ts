/** Calls of `mapAsync` that fail and are asked again: soon where they are, later after the transaction is taken back. */
import { describe, expect, test } from 'vitest'
import {
  breaker,
  deadLetter,
  from,
  type Policy,
  reject,
  retry,
  retryLater,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import type { AsyncPolicy } from '../../../src/policies/policy.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const copies = topic('copies', { key: text, value: text })
const ms = (milliseconds: number) => ({ milliseconds })
const soon = retry({ times: 2, backoff: [ms(100), ms(100)] })
const later = retry({ times: 2, backoff: [ms(0), ms(0)] })

/** Fails so many times at each of some values. */
class Neighbour {
  readonly asked: string[] = []
  isDown = false
  private readonly left: Map<string, number>

  constructor(failures: Readonly<Record<string, number>> = {}) {
    this.left = new Map(Object.entries(failures))
  }

  readonly ask = async (value: string): Promise<string> => {
    this.asked.push(value)
    const left = this.left.get(value) ?? 0
    this.left.set(value, left - 1)
    if (left > 0 || this.isDown) throw this.fault(value)
    return value.toUpperCase()
  }

  fault: (value: string) => Error = (value) => new Error(`no ${value}`)
}

function driven(neighbour: Neighbour, onFailure: readonly AsyncPolicy[], leavesTraces = false): Flow {
  const source = from(input, { idle: 'off' })
  const answered = source.mapAsync('ask', neighbour.ask, { onFailure }).to(output)
  return drive(leavesTraces ? topology('app', source.to(copies), answered) : topology('app', answered), { now: 0 })
}

/** `a1` has key a. */
async function put(flow: Flow, ...values: readonly string[]): Promise<void> {
  for (const value of values) flow.put(input, value, { key: value[0]!, time: 0 })
  await flow.settle()
}

const out = (flow: Flow) => flow.take(output).map(({ value }) => value)

async function advance(flow: Flow, milliseconds: number, times = 1): Promise<void> {
  for (let count = 0; count < times; count++) {
    flow.advance(ms(milliseconds))
    await flow.settle()
  }
}

describe('soon', () => {
  test('an unknown error is tried again, in the order of its key, and others go on', async () => {
    const neighbour = new Neighbour({ a1: 1 })
    const flow = driven(neighbour, [soon])
    await put(flow, 'a1', 'a2', 'b3')
    expect(neighbour.asked).toEqual(['a1', 'a2', 'b3'])
    expect(flow.held()).toMatchObject([{ topic: 'in', offset: 0, attempts: 1 }])
    await advance(flow, 100)
    expect(neighbour.asked).toEqual(['a1', 'a2', 'b3', 'a1'])
    expect([out(flow).toSorted(), flow.held(), flow.counters.aborts]).toEqual([['A1', 'A2', 'B3'], [], 0])
  })

  test('in the end it is a dead letter that knows of all attempts', async () => {
    const flow = driven(new Neighbour({ a1: 9 }), [soon, deadLetter('dead')])
    await put(flow, 'a1', 'a2')
    await advance(flow, 100, 2)
    const [letter] = flow.deadLetters('dead')
    expect([out(flow), letter!.headers]).toMatchObject([
      ['A2'],
      { '__millrace.dlq.attempts': '3', '__millrace.dlq.stage': 'process' },
    ])
  })

  test('nothing said: three times', async () => {
    const neighbour = new Neighbour({ a1: 3 })
    const flow = driven(neighbour, [])
    await put(flow, 'a1')
    await advance(flow, 200, 6)
    expect([out(flow), neighbour.asked.length, flow.counters.deadLetters]).toEqual([['A1'], 4, 0])
  })

  test('a rejection is not tried again', async () => {
    const neighbour = new Neighbour({ a1: 1 })
    neighbour.fault = (value) => reject(value)
    const flow = driven(neighbour, [soon, deadLetter('dead')])
    await put(flow, 'a1')
    expect([neighbour.asked, flow.deadLetters('dead').length]).toEqual([['a1'], 1])
  })

  test('each of several values of a record has its own attempts', async () => {
    const neighbour = new Neighbour({ a1x: 2, a1y: 2 })
    const results = from(input, { idle: 'off' })
      .flatMap((value) => [`${value}x`, `${value}y`])
      .mapAsync('ask', neighbour.ask, { onFailure: [soon] })
    const flow = drive(topology('app', results.to(output)), { now: 0 })
    await put(flow, 'a1')
    await advance(flow, 100, 8)
    expect([out(flow), flow.counters.deadLetters]).toEqual([['A1X', 'A1Y'], 0])
  })

  test('what time makes come out of a window is not tried again: it has nowhere to wait', async () => {
    const neighbour = new Neighbour({ a1: 1 })
    const rows = from(input, { idle: 'off' })
      .window(tumbling(ms(10)))
      .count('tens')
      .map((count, { key }) => `${key}${count}`)
    const flow = drive(topology('app', rows.mapAsync('ask', neighbour.ask, { onFailure: [soon] }).to(output)), {
      now: 0,
    })
    await put(flow, 'a1')
    flow.put(input, 'b2', { key: 'b', time: 50 })
    await flow.settle()
    expect([neighbour.asked, flow.counters.deadLetters]).toEqual([['a1'], 1])
  })
})

describe('later', () => {
  const patient: readonly Policy[] = [later, deadLetter('dead')]
  const fault = () => retryLater('busy', { after: { seconds: 20 } })

  test('no answer in time is a failed attempt; the stage of the letter says so', async () => {
    const asked: string[] = []
    const silent = (value: string): Promise<string> => {
      asked.push(value)
      return value === 'a1' ? new Promise(() => undefined) : Promise.resolve(value)
    }
    const answered = from(input, { idle: 'off' }).mapAsync('ask', silent, {
      onFailure: patient,
      timeout: { seconds: 2 },
    })
    const flow = drive(topology('app', answered.to(output)), { now: 0 })
    for (const value of ['a1', 'b2']) flow.put(input, value, { key: value[0]!, time: 0 })
    for (let round = 0; round < 12; round++) {
      flow.advance({ seconds: 1 })
      await new Promise((resolve) => setImmediate(resolve))
    }
    await flow.settle()
    const [letter] = flow.deadLetters('dead')
    expect([asked.filter((value) => value === 'a1').length, out(flow), letter!.headers]).toMatchObject([
      3,
      ['b2'],
      { '__millrace.dlq.attempts': '3', '__millrace.dlq.stage': 'timeout', '__millrace.dlq.error.code': 'MR4103' },
    ])
  })

  test('the transaction is taken back, what precedes is committed, what follows waits, and nothing doubles', async () => {
    const neighbour = new Neighbour({ b2: 1 })
    neighbour.fault = fault
    const flow = driven(neighbour, patient, true)
    await put(flow, 'a1', 'b2', 'c3')
    const before = [out(flow), flow.take(copies).map(({ value }) => value)]
    expect([before, flow.held()]).toMatchObject([[['A1'], ['a1']], [{ offset: 1, attempts: 1, until: 20_000 }]])
    await advance(flow, 20_000)
    expect([out(flow).toSorted(), flow.take(copies).map(({ value }) => value), flow.held()]).toEqual([
      ['B2', 'C3'],
      ['b2', 'c3'],
      [],
    ])
  })

  test('how often it failed outlives the rewinds', async () => {
    const neighbour = new Neighbour({ b2: 9 })
    neighbour.fault = fault
    const flow = driven(neighbour, patient, true)
    await put(flow, 'a1', 'b2', 'c3')
    await advance(flow, 20_000, 2)
    const [letter] = flow.deadLetters('dead')
    expect(letter!.headers).toMatchObject({
      '__millrace.dlq.attempts': '3',
      '__millrace.dlq.first.failed.at': '1970-01-01T00:00:00.000Z',
      '__millrace.dlq.failed.at': '1970-01-01T00:00:40.000Z',
    })
    expect([out(flow), flow.take(copies).map(({ value }) => value)]).toEqual([
      ['A1', 'C3'],
      ['a1', 'c3'],
    ])
  })

  test('a step behind that says so waits as well', async () => {
    let isReady = false
    const results = from(input, { idle: 'off' })
      .mapAsync('ask', async (value) => value)
      .map(
        (value) => {
          if (!isReady) throw fault()
          return value
        },
        { onFailure: patient },
      )
    const flow = drive(topology('app', results.to(output)), { now: 0 })
    await put(flow, 'a1')
    isReady = true
    await advance(flow, 20_000)
    expect([out(flow), flow.counters.deadLetters]).toEqual([['a1'], 0])
  })
})

describe('a breaker that pauses', () => {
  test('gives no record up in an outage, whatever comes first', async () => {
    const neighbour = new Neighbour()
    const flow = driven(neighbour, [breaker('api', { opensAfter: 5 }), deadLetter('dead')], true)
    await put(flow, 'a0')
    neighbour.isDown = true
    await put(flow, 'a1', 'b2', 'c3', 'd4', 'e5', 'f6')
    for (let count = 0; count < 20; count++) await advance(flow, 10_000)
    expect([out(flow), flow.counters.deadLetters]).toEqual([['A0'], 0])
    neighbour.isDown = false
    for (let count = 0; count < 20; count++) await advance(flow, 10_000)
    expect([out(flow).toSorted(), flow.counters.deadLetters]).toEqual([['A1', 'B2', 'C3', 'D4', 'E5', 'F6'], 0])
    expect(flow.take(copies)).toHaveLength(7)
  })
})

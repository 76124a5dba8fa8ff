/** What stands before a record that waits: the end of a bounded run, the other inputs of its task, the attempts it has left. */
import { describe, expect, test } from 'vitest'
import {
  deadLetter,
  from,
  json,
  reject,
  retry,
  retryLater,
  retryTopics,
  skip,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import { drive } from '../../../src/testing/drive.ts'
import { putAgain } from '../reentry/reentry-tools.ts'

const input = topic('in', { key: text, value: text })
const other = topic('other', { key: text, value: text })
const output = topic('out', { key: text, value: json<unknown>() })
const copies = topic('copies', { value: text })
const lates = topic('lates', { key: text, value: text })
const values = (records: readonly { value: unknown }[]) => records.map(({ value }) => value)

describe('the end of a bounded run', () => {
  test('waits for a record whose call is still to fail, and comes again after it', async () => {
    let calls = 0
    const ask = async (value: string): Promise<string> => {
      if (value === 'bad' && ++calls === 1) throw retryLater('not yet')
      return value
    }
    const counted = from(input, { idle: 'off' })
      .mapAsync('ask', ask, { onFailure: [retryTopics('slow', [{ seconds: 5 }]), deadLetter('lost')] })
      .window(tumbling({ minutes: 1 }))
      .count('minutes')
    const built = topology('app', counted.to(output), counted.late.map(({ value }) => value).to(lates))
    const flow = drive(built, { now: 0 })
    flow.put(input, 'good', { key: 'k', time: 1 })
    await flow.settle()
    flow.put(input, 'bad', { key: 'k', time: 2 })
    flow.end()
    await flow.settle()
    expect([values(flow.take(output)), values(flow.take(lates)), calls]).toEqual([[2], [], 2])
  })
})

describe('a record that is held', () => {
  test.each([{ wait: 'never' }, {}] as const)(
    'keeps the time of its task, whatever other inputs bring: %j',
    (options) => {
      let isOpen = false
      const pass = (value: string): string => {
        if (value === 'bad' && !isOpen) throw retryLater('not yet', { after: { seconds: 10 } })
        return value
      }
      const patient = [retry({ times: 1_000, budget: { days: 1 } })]
      const one = from(input, { idle: 'off', ...options }).map(pass, { onFailure: patient })
      const two = from(other, { idle: 'off', ...options })
      const counted = one.window(tumbling({ milliseconds: 10 })).count('tens')
      const flow = drive(
        topology(
          'app',
          counted.to(output),
          counted.late.map(({ value }) => value).to(lates),
          one.merge(two).to(copies),
        ),
        { now: 0 },
      )
      flow.put(input, 'bad', { key: 'k', time: 1 })
      flow.put(other, 'b', { key: 'k', time: 50 })
      flow.put(other, 'c', { key: 'k', time: 90 })
      isOpen = true
      flow.advance({ seconds: 20 })
      flow.end()
      expect([values(flow.take(lates)), flow.counters.late]).toEqual([[], 0])
    },
  )
})

describe('a record that can not be stamped yet', () => {
  test('is not tried before its time, though the transaction is taken back for another', async () => {
    let second = 0
    let calls = 0
    const tried: number[] = []
    const stamp = (value: string): number => {
      if (value !== 'bad') return 1
      tried.push(second)
      if (second < 10) throw retryLater('not yet', { after: { seconds: 10 } })
      return 5
    }
    const ask = async (value: string): Promise<string> => {
      if (++calls === 1) throw retryLater('not yet', { after: { seconds: 2 } })
      return value
    }
    const one = from(input, { idle: 'off', timestamp: stamp, onFailure: [retry({ times: 1 }), deadLetter('lost')] })
    const two = from(other, { idle: 'off' }).mapAsync('ask', ask, { onFailure: [retry({ times: 1 })] })
    const flow = drive(topology('app', one.merge(two).to(copies)), { now: 0 })
    flow.put(other, 'a', { key: 'k', time: 1 })
    flow.put(input, 'bad', { key: 'k', time: 2 })
    await flow.settle()
    while (second < 15) {
      second++
      flow.advance({ seconds: 1 })
      await flow.settle()
    }
    expect([values(flow.take(copies)).toSorted(), tried, calls]).toEqual([['a', 'bad'], [0, 10], 2])
  })
})

describe('a row of which no letter can be written', () => {
  const lines = topic('in', { key: text, value: text })
  const rows = topic('rows', { key: text, value: text })
  /** What a record may be at most, but for what a letter says of it. */
  const long = 'a'.repeat(1_048_000)

  test('too large for its queue: the task pauses, no record is blamed, and nothing is lost', () => {
    let isMended = false
    const lengthOf = (line: string): string => {
      if (line === long && !isMended) throw new Error('far too long')
      return String(line.length)
    }
    const built = topology(
      'app',
      from(lines, { idle: 'off' })
        .window(tumbling({ minutes: 1 }))
        .reduce('last', (_, line) => line)
        .map(lengthOf)
        .to(rows),
    )
    const flow = drive(built, { now: 0 })
    flow.put(lines, long, { key: 'k', time: 1 })
    for (const time of [70_000, 80_000]) flow.put(lines, 'c', { key: 'k', time })
    expect(flow.deadLetters('in')).toHaveLength(0)
    expect(flow.paused()).toMatchObject([{ task: 'in-0', offset: -1, reason: expect.stringContaining('too large') }])
    isMended = true
    flow.resume()
    expect(values(flow.take(rows))).toEqual(['1048000'])
    flow.end()
    expect([values(flow.take(rows)), flow.counters.deadLetters]).toEqual([['1'], 0])
  })
})

describe('the share of dead letters', () => {
  test('is that of all records, redriven ones too', () => {
    const work = (value: string): string => {
      if (value === 'bad') throw new Error('bad')
      return value
    }
    const flow = drive(topology('app', from(input).map(work).to(copies)), { now: 0, deadLetters: { rateLimit: {} } })
    const again = (value: string, offset: number): void =>
      putAgain(flow, 'app.redrive.in', { key: 'k', value, time: 0, reentry: { topic: 'in', offset } })
    for (let count = 0; count < 100; count++) flow.put(input, 'good', { key: 'k', time: 0 })
    for (let count = 0; count < 190; count++) again('good', count)
    for (let count = 0; count < 10; count++) again('bad', count)
    expect([flow.paused(), flow.counters.deadLetters]).toEqual([[], 10])
    for (let count = 0; count < 10; count++) again('bad', count)
    expect(flow.paused()).toMatchObject([{ reason: '16 of 305 records became dead letters within 60 s' }])
  })
})

describe('whatever an error says of itself', () => {
  const said: readonly (readonly [string, object])[] = [
    ['a name without end', { name: 'x'.repeat(2_000_000) }],
    ['a message that is no text', { message: { code: 7 } }],
    ['no message', { message: undefined }],
    ['a stack that is no text', { stack: ['a', 'b'] }],
    ['a name that is no text', { name: 7 }],
    ['a name that can not be written', { name: Symbol('name') }],
    ['a message that can not be written', { message: Object.create(null) }],
  ]

  test.each(said)('%s: its record is a letter, verbatim', (_, properties) => {
    const fail = (): string => {
      const error = new Error('bad')
      for (const [name, value] of Object.entries(properties)) Object.defineProperty(error, name, { value })
      throw error
    }
    const flow = drive(topology('app', from(input).map(fail).to(copies)), { now: 0 })
    flow.put(input, 'bad', { key: 'k', time: 0 })
    const [letter] = flow.deadLetters('in')
    expect(String(letter?.value)).toBe('bad')
    expect(letter!.headers['__streams.errors.exception']!.length).toBeLessThanOrEqual(1_024)
  })
})

describe('letters of rows', () => {
  test.each([
    ['dead letters', [deadLetter('rows')], 'deadLetters'],
    ['skipped rows', [skip()], 'skipped'],
  ] as const)(
    '%s are counted as often as they happen, though the record in hand takes one back',
    (_, onFailure, name) => {
      const source = from(input, { idle: 'off' })
      const rows = source
        .window(tumbling({ milliseconds: 10 }))
        .count('tens')
        .map(
          (count) => {
            throw reject(`no ${count}`)
          },
          { onFailure },
        )
      const rest = source.map((value) => {
        if (value === 'bad') throw reject('bad')
        return value
      })
      const flow = drive(topology('app', rows.to(output), rest.to(copies)), { now: 0 })
      flow.put(input, 'a', { key: 'k', time: 1 })
      flow.put(input, 'bad', { key: 'k', time: 50 })
      flow.put(input, 'b', { key: 'k', time: 60 })
      flow.end()
      const letters = flow.deadLetters('rows').length
      const ofRecords = flow.deadLetters('in').length
      expect([ofRecords, flow.counters[name]]).toEqual([1, name === 'skipped' ? 2 : letters + 1])
      expect(letters).toBe(name === 'skipped' ? 0 : 2)
    },
  )
})

/** A key waits, the others go on: over the driven runtime. */
import { describe, expect, test } from 'vitest'
import {
  deadLetter,
  from,
  json,
  nullable,
  type Policy,
  park,
  reject,
  retryLater,
  retryTopics,
  stop,
  text,
  topic,
  topology,
} from '../../../src/index.ts'
import { subscribe } from '../../../src/observe/events.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import { type Letter, placeOf, redrive } from './redriving.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: text })

/** Fails for what is said to be bad, until it is healed. */
function parking(
  onFailure: readonly Policy[],
  bad: Set<string>,
  fail = (): never => {
    throw new Error('bad')
  },
) {
  const built = topology(
    'app',
    from(input, { idle: 'off', onFailure: [deadLetter('undecoded')] })
      .map((value) => (bad.has(value) ? fail() : value), { onFailure })
      .to(output),
  )
  return drive(built)
}

function put(flow: Flow, ...records: readonly string[]): void {
  for (const record of records) flow.put(input, record, { key: record.charAt(0), time: 1_000 })
}

const results = (flow: Flow): string[] => flow.take(output).map(({ value }) => value)
const values = (letters: readonly Letter[]): string[] => letters.map(({ value }) => String(value))
const offsets = (letters: readonly Letter[]): number[] => letters.map((letter) => placeOf(letter).offset)

describe('a key that is parked', () => {
  test('waits in its queue, and the others go on', () => {
    const flow = parking([park('q')], new Set(['a1']))
    put(flow, 'a0', 'a1', 'b0', 'a2', 'b1', 'a3')
    expect(results(flow)).toEqual(['a0', 'b0', 'b1'])
    const letters = flow.deadLetters('q')
    expect(values(letters)).toEqual(['a1', 'a2', 'a3'])
    expect(letters.map(({ headers }) => headers['__millrace.dlq.parked.behind'])).toEqual([
      undefined,
      'in/0/1',
      'in/0/1',
    ])
    expect(letters.map(({ headers }) => headers['__millrace.dlq.error.code'])).toEqual(['MR4101', 'MR4121', 'MR4121'])
    expect(flow.counters).toMatchObject({ parked: 3, deadLetters: 0 })
    expect(flow.store('parked-in').get('text:a')).toMatchObject({
      value: { queue: 'q', first: { topic: 'in', partition: 0, offset: 1 }, count: 3 },
    })
  })

  test('comes free when the last letter has gone through, and newcomers run again', () => {
    const bad = new Set(['a1'])
    const flow = parking([park('q')], bad)
    const told: string[] = []
    const stops = [
      subscribe('key.parked', ({ queue, offset }) => told.push(`parked ${queue} ${offset}`)),
      subscribe('key.released', ({ queue, offset }) => told.push(`released ${queue} ${offset}`)),
    ]
    put(flow, 'a1', 'a2')
    bad.clear()
    const [first, second] = flow.deadLetters('q')
    redrive(flow, 'app', [first!])
    put(flow, 'a3')
    expect(results(flow)).toEqual(['a1'])
    redrive(flow, 'app', [second!, ...flow.deadLetters('q')])
    put(flow, 'a4')
    expect(results(flow)).toEqual(['a2', 'a3', 'a4'])
    expect(flow.store('parked-in').rows()).toEqual([])
    expect(told).toEqual(['parked q 0', 'released q 0'])
    for (const stop of stops) stop()
  })

  test('lets no letter overtake one that failed again, in whatever order they come back', () => {
    const bad = new Set(['a1'])
    const flow = parking([park('q')], bad)
    put(flow, 'a1', 'a2', 'a3')
    redrive(flow, 'app', flow.deadLetters('q'))
    expect(results(flow)).toEqual([])
    const again = flow.deadLetters('q')
    expect(offsets(again)).toEqual([0, 1, 2])
    expect(again.map(({ headers }) => headers['__millrace.dlq.redrive.count'])).toEqual(['1', '1', '1'])
    bad.clear()
    redrive(flow, 'app', again.toReversed())
    expect(results(flow)).toEqual(['a1'])
    redrive(flow, 'app', flow.deadLetters('q').toReversed())
    expect(results(flow)).toEqual(['a2', 'a3'])
    expect(flow.store('parked-in').rows()).toEqual([])
  })

  test('is parked by its bytes where the key cannot be decoded', () => {
    const strict = topic('in', { key: json<string>(), value: text })
    const flow = drive(topology('app', from(strict, { idle: 'off', onFailure: [park('q')] }).to(output)))
    const key = Buffer.from([0xff, 1])
    for (const value of ['one', 'two']) flow.putBytes(input, Buffer.from(value), { key })
    const letters = flow.deadLetters('q')
    expect(values(letters)).toEqual(['one', 'two'])
    expect(letters[1]!.headers).toMatchObject({ '__millrace.dlq.parked.behind': 'in/0/0' })
    expect(flow.store('parked-in').get('hex:ff01')).toMatchObject({ value: { count: 2 } })
  })

  test('holds back what cannot be decoded, and what another queue would take', () => {
    const flow = parking([park('q')], new Set(['a1']))
    put(flow, 'a1')
    flow.putBytes(input, Buffer.from([0xff]), { key: Buffer.from('a'), time: 1_000 })
    expect(flow.deadLetters('undecoded')).toEqual([])
    expect(flow.deadLetters('q')).toHaveLength(2)
  })

  test('takes the next policy where there is no key', () => {
    const keyless = topic('in', { key: nullable(text), value: text })
    const failing = from(keyless, { idle: 'off' }).map(
      (): string => {
        throw reject('bad')
      },
      { onFailure: [park('q'), deadLetter('rest')] },
    )
    const flow = drive(topology('app', failing.to(topic('out', { key: nullable(text), value: text }))))
    flow.put(keyless, 'x')
    expect(flow.deadLetters('q')).toEqual([])
    expect(flow.deadLetters('rest')).toHaveLength(1)
  })

  test('is forgotten with what was not committed, and known after a restart', () => {
    const flow = parking([park('q')], new Set(['a1']))
    put(flow, 'a1')
    flow.restart()
    put(flow, 'a2', 'b1')
    flow.crash()
    put(flow, 'a3')
    expect(results(flow)).toEqual(['b1'])
    expect(values(flow.deadLetters('q'))).toEqual(['a1', 'a2', 'a3'])
  })

  test('counts a letter that came to another end as gone', () => {
    const bad = new Set(['a1'])
    const flow = drive(
      topology(
        'app',
        from(input, { idle: 'off' })
          .map(
            (value) => {
              if (bad.has(value)) throw new Error('bad')
              return value
            },
            { onFailure: [park('q')] },
          )
          .map(
            (value) => {
              if (value === 'a1') throw new Error('bad')
              return value
            },
            { onFailure: [deadLetter('rest')] },
          )
          .to(output),
      ),
    )
    put(flow, 'a1', 'a2')
    bad.clear()
    redrive(flow, 'app', flow.deadLetters('q'))
    expect(values(flow.deadLetters('rest'))).toEqual(['a1'])
    expect(results(flow)).toEqual(['a2'])
    expect(flow.store('parked-in').rows()).toEqual([])
  })

  test('has letters that are never put off to a retry topic', () => {
    let later = false
    const fail = (): never => {
      throw later ? retryLater('not yet') : reject('bad')
    }
    const flow = parking([retryTopics('soon', [{ seconds: 5 }]), park('q')], new Set(['a1']), fail)
    put(flow, 'a1', 'a2')
    later = true
    redrive(flow, 'app', flow.deadLetters('q'))
    expect(offsets(flow.deadLetters('q'))).toEqual([0, 1])
    expect(results(flow)).toEqual([])
  })

  test('waits no longer for letters that are withdrawn, and nothing runs them', () => {
    const flow = parking([park('q')], new Set(['a1']))
    put(flow, 'a1', 'a2', 'a3', 'a4')
    const [first, second, third, fourth] = flow.deadLetters('q')
    redrive(flow, 'app', [third!], { withdrawn: true })
    redrive(flow, 'app', [second!])
    expect(results(flow)).toEqual([])
    redrive(flow, 'app', [first!], { withdrawn: true })
    redrive(flow, 'app', flow.deadLetters('q'))
    redrive(flow, 'app', [fourth!])
    expect(results(flow)).toEqual(['a2', 'a4'])
    expect(flow.store('parked-in').rows()).toEqual([])
    redrive(flow, 'app', [first!], { withdrawn: true })
    expect(results(flow)).toEqual([])
  })

  test('is not overtaken by what asked after it and was answered before', async () => {
    const answers = new Map<string, PromiseWithResolvers<string>>()
    const ask = async (value: string): Promise<string> => {
      if (value === 'b1') return value
      const answer = Promise.withResolvers<string>()
      answers.set(value, answer)
      return await answer.promise
    }
    const asked = from(input, { idle: 'off' }).mapAsync('ask', ask, { onFailure: [park('q')] })
    const flow = drive(topology('app', asked.to(output)))
    put(flow, 'a1', 'a2', 'b1')
    answers.get('a2')!.resolve('a2')
    answers.get('a1')!.reject(reject('bad'))
    await flow.settle()
    expect(results(flow)).toEqual(['b1'])
    expect(values(flow.deadLetters('q'))).toEqual(['a1', 'a2'])
  })

  test('takes what comes back from a retry topic behind it', () => {
    const failures: Record<string, () => Error> = { a1: () => retryLater('not yet'), a2: () => reject('bad') }
    const step = (value: string): string => {
      const failure = failures[value]
      if (failure !== undefined) throw failure()
      return value
    }
    const policies = [retryTopics('soon', [{ seconds: 5 }]), park('q')]
    const flow = drive(topology('app', from(input, { idle: 'off' }).map(step, { onFailure: policies }).to(output)))
    put(flow, 'a1', 'a2')
    flow.advance({ seconds: 5 })
    const letters = flow.deadLetters('q')
    expect(letters.map(({ headers }) => headers['__millrace.dlq.parked.behind'])).toEqual([undefined, 'in/0/1'])
    expect(offsets(letters)).toEqual([1, 0])
    for (const value of ['a1', 'a2']) delete failures[value]
    redrive(flow, 'app', letters)
    expect(results(flow)).toEqual(['a2', 'a1'])
    expect(flow.store('parked-in').rows()).toEqual([])
  })

  test('counts once for the rate of dead letters, however many wait behind it', () => {
    const step = (value: string): string => {
      if (value === 'a0') throw reject('bad')
      return value
    }
    const built = topology(
      'app',
      from(input, { idle: 'off' })
        .map(step, { onFailure: [park('q')] })
        .to(output),
    )
    const flow = drive(built, { deadLetters: { rateLimit: { share: 0.2, least: 10 } } })
    put(flow, ...Array.from({ length: 10 }, (_, at) => `b${at}`))
    put(flow, ...Array.from({ length: 30 }, (_, at) => `a${at}`))
    expect(flow.paused()).toEqual([])
    expect(flow.counters.parked).toBe(30)
  })

  test('takes a record of another key that claims the place of a letter for no letter', () => {
    const flow = parking([park('q')], new Set(['a1', 'b1']))
    put(flow, 'a1', 'b1', 'b2')
    const [first] = flow.deadLetters('q')
    const claiming = (key: string): Letter => ({ ...first!, key: Buffer.from(key), value: Buffer.from(`${key}9`) })
    redrive(flow, 'app', [claiming('b'), claiming('c')])
    redrive(flow, 'app', [claiming('b')], { withdrawn: true })
    expect(results(flow)).toEqual(['c9'])
    expect(flow.store('parked-in').get('text:a')).toMatchObject({ value: { count: 1 } })
    expect(flow.store('parked-in').get('text:b')).toMatchObject({ value: { count: 2 } })
  })

  test('leaves a dead letter of its key alone when that is redriven', () => {
    const bad = new Set(['a0'])
    const flow = drive(
      topology(
        'app',
        from(input, { idle: 'off' })
          .map(
            (value) => {
              if (value === 'a0' && bad.has(value)) throw new Error('bad')
              return value
            },
            { onFailure: [deadLetter('rest')] },
          )
          .map(
            (value) => {
              if (value === 'a1') throw new Error('bad')
              return value
            },
            { onFailure: [park('q'), stop()] },
          )
          .to(output),
      ),
    )
    put(flow, 'a0', 'a1')
    bad.clear()
    redrive(flow, 'app', flow.deadLetters('rest'))
    expect(results(flow)).toEqual([])
    expect(offsets(flow.deadLetters('q'))).toEqual([1, 0])
  })
})

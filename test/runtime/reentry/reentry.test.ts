/** Records that come again, from retry topics and from redrives: over `drive`, whose clock makes them due. */
import { describe, expect, test } from 'vitest'
import {
  deadLetter,
  from,
  json,
  number,
  reject,
  retryLater,
  retryTopics,
  stop,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import { drive } from '../../../src/testing/drive.ts'
import { putAgain } from './reentry-tools.ts'

const orders = topic('orders', { key: text, value: text })
const returns = topic('returns', { key: text, value: text })
const out = topic('out', { key: text, value: json<unknown>() })
const counts = topic('counts', { key: text, value: number })
const start = Date.UTC(2026, 0, 1)

/** Fails as often as its value says, then goes through: `a:2`. */
function flaky(): (value: string) => string {
  const failures = new Map<string, number>()
  return (value) => {
    const failed = failures.get(value) ?? 0
    const wanted = Number(value.split(':')[1] ?? 0)
    if (failed >= wanted) return value
    failures.set(value, failed + 1)
    throw retryLater(`not yet, ${value}`)
  }
}

const policies = [retryTopics('slow', [{ seconds: 5 }, { minutes: 1 }]), deadLetter('lost')]

describe('a retry topic', () => {
  test('brings a record again when its delay is over, and lets the others go on', () => {
    const flow = drive(topology('app', from(orders).map(flaky(), { onFailure: policies }).to(out)))
    flow.put(orders, 'a:1', { key: 'k', time: start })
    flow.put(orders, 'b', { key: 'k' })
    expect(flow.take(out).map(({ value }) => value)).toEqual(['b'])
    flow.advance({ milliseconds: 4_999 })
    expect(flow.take(out)).toEqual([])
    flow.advance({ milliseconds: 1 })
    expect(flow.take(out)).toMatchObject([{ key: 'k', value: 'a:1', time: start }])
    expect(flow.counters).toMatchObject({ recordsIn: 2, retried: 1, reentered: 1, deadLetters: 0 })
  })

  test('is followed by the next one, each delay counted from the failure before it', () => {
    const seen: number[] = []
    let now = 0
    const flow = drive(
      topology(
        'app',
        from(orders)
          .map(
            (value) => {
              seen.push(now)
              if (seen.length < 3) throw retryLater('later')
              return value
            },
            { onFailure: policies },
          )
          .to(out),
      ),
    )
    flow.put(orders, 'a', { key: 'k', time: start })
    for (now = 1; now <= 70; now++) flow.advance({ seconds: 1 })
    expect(seen).toEqual([0, 5, 65])
    expect(flow.take(out)).toHaveLength(1)
  })

  test('stops on its way where a long advance passes what is due', () => {
    const flow = drive(topology('app', from(orders).map(flaky(), { onFailure: policies }).to(out)))
    flow.put(orders, 'a:2', { key: 'k', time: start })
    flow.advance({ seconds: 65 })
    expect(flow.take(out)).toHaveLength(1)
  })

  test('ends in the policy behind it, with all attempts and the first failure in the letter', () => {
    const flow = drive(topology('app', from(orders).map(flaky(), { onFailure: policies }).to(out)))
    flow.put(orders, 'a:9', { key: 'k', time: start, headers: { trace: 'mine', '__millrace.reentry.topic': 'forged' } })
    flow.advance({ minutes: 2 })
    const [letter] = flow.deadLetters('lost')
    expect(letter).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('a:9') })
    expect(letter!.headers).toMatchObject({
      trace: 'mine',
      '__streams.errors.topic': 'orders',
      '__streams.errors.partition': '0',
      '__streams.errors.offset': '0',
      '__millrace.dlq.attempts': '3',
      '__millrace.dlq.first.failed.at': new Date(start).toISOString(),
      '__millrace.dlq.failed.at': new Date(start + 65_000).toISOString(),
      '__millrace.dlq.source.timestamp': String(start),
      '__millrace.dlq.redrive.count': '0',
    })
    expect(Object.keys(letter!.headers).filter((name) => name.startsWith('__millrace.reentry.'))).toEqual([])
  })

  test('counts for its own step: one that fails later has all its delays before it', () => {
    const named = (name: string) => [retryTopics(name, [{ seconds: 5 }, { minutes: 1 }]), deadLetter('lost')]
    const flow = drive(
      topology(
        'app',
        from(orders)
          .map(flaky(), { onFailure: named('first') })
          .map(flaky(), { onFailure: named('second') })
          .to(out),
      ),
    )
    flow.put(orders, 'a:2', { key: 'k', time: start })
    flow.advance({ seconds: 129 })
    expect(flow.take(out)).toEqual([])
    flow.advance({ seconds: 1 })
    expect(flow.take(out)).toHaveLength(1)
    expect(flow.counters).toMatchObject({ retried: 4, deadLetters: 0 })
  })

  test('is not for what is rejected', () => {
    const flow = drive(
      topology(
        'app',
        from(orders)
          .map(
            () => {
              throw reject('bad')
            },
            { onFailure: policies },
          )
          .to(out),
      ),
    )
    flow.put(orders, 'a', { key: 'k', time: start })
    expect(flow.deadLetters('lost')).toHaveLength(1)
    expect(flow.counters.retried).toBe(0)
  })

  test('shows handlers the place where the record was first read, and its own headers', () => {
    const seen: unknown[] = []
    const flow = drive(
      topology(
        'app',
        from(orders)
          .map(
            (value, { topic: name, partition, offset, headers, time, key }) => {
              seen.push({ name, partition, offset, headers: headers.map((each) => each.name), time, key })
              if (seen.length < 3) throw retryLater('later')
              return value
            },
            { onFailure: policies },
          )
          .to(out),
      ),
      { partitions: 3 },
    )
    flow.put(orders, 'a', { key: 'k', time: start, partition: 2, headers: { trace: 'x' } })
    flow.advance({ minutes: 2 })
    const place = { name: 'orders', partition: 2, offset: 0, headers: ['trace'], time: start, key: 'k' }
    expect(seen).toEqual([place, place, place])
  })

  test('runs a record from the source that it came through', () => {
    const step = flaky()
    const flow = drive(
      topology(
        'app',
        from(orders)
          .map((value) => `order ${value}`)
          .merge(from(returns).map((value) => `return ${value}`))
          .map(step, { onFailure: policies })
          .to(out),
      ),
    )
    flow.put(orders, 'a:1', { key: 'k', time: start })
    flow.put(returns, 'b:1', { key: 'k', time: start })
    flow.advance({ seconds: 5 })
    expect(flow.take(out).map(({ value }) => value)).toEqual(['order a:1', 'return b:1'])
  })

  test('takes the timestamp that the author gave to the value', () => {
    const dated = topic('dated', { key: text, value: json<{ at: number; fail: boolean }>() })
    let failures = 0
    const flow = drive(
      topology(
        'app',
        from(dated, { timestamp: ({ at }) => at, outOfOrderness: { days: 1 } })
          .map(
            (value) => {
              if (value.fail && failures++ === 0) throw retryLater('later')
              return value
            },
            { onFailure: policies },
          )
          .to(out),
      ),
    )
    flow.put(dated, { at: start - 5, fail: true }, { key: 'k', time: start })
    flow.advance({ seconds: 5 })
    expect(flow.take(out)).toMatchObject([{ time: start - 5 }])
  })

  test('neither moves time nor holds it: what comes again behind its window is late', () => {
    const step = flaky()
    const windows = from(orders)
      .map(step, { onFailure: policies })
      .window(tumbling({ seconds: 1 }))
      .count('per-second')
    const flow = drive(
      topology('app', windows.map((count) => count).to(counts), windows.late.map(({ value }) => value).to(out)),
    )
    flow.put(orders, 'a:1', { key: 'k', time: start })
    flow.put(orders, 'b', { key: 'k', time: start + 100 })
    flow.put(orders, 'c', { key: 'k', time: start + 3_000 })
    expect(flow.take(counts).map(({ value }) => value)).toEqual([1])
    flow.advance({ seconds: 5 })
    expect(flow.take(out).map(({ value }) => value)).toEqual(['a:1'])
    expect(flow.counters.late).toBe(1)
  })

  test('moves no time, however young it is', () => {
    const built = topology(
      'app',
      from(orders)
        .window(tumbling({ seconds: 1 }))
        .count('per-second')
        .map((count) => count)
        .to(counts),
    )
    const flow = drive(built)
    flow.put(orders, 'a', { key: 'k', time: start })
    const young = { key: 'k', value: 'b', time: start + 10_000, reentry: { topic: 'orders', offset: 7 } }
    putAgain(flow, 'app.redrive.orders', young)
    flow.put(orders, 'c', { key: 'k', time: start + 500 })
    flow.end()
    expect(flow.take(counts).map(({ value }) => value)).toEqual([2, 1])
    expect(flow.counters.late).toBe(0)
  })

  test('is waited for by the end of a bounded run, before windows close', () => {
    const windows = from(orders)
      .map(flaky(), { onFailure: policies })
      .window(tumbling({ seconds: 1 }))
      .count('per-second')
    const flow = drive(topology('app', windows.map((count) => count).to(counts)))
    flow.put(orders, 'a:2', { key: 'k', time: start })
    flow.put(orders, 'b', { key: 'k', time: start })
    flow.end()
    expect(flow.take(counts).map(({ value }) => value)).toEqual([2])
  })

  test('keeps its records over a restart and a crash', () => {
    const flow = drive(topology('app', from(orders).map(flaky(), { onFailure: policies }).to(out)))
    flow.put(orders, 'a:2', { key: 'k', time: start })
    flow.restart()
    flow.advance({ seconds: 6 })
    flow.crash()
    flow.advance({ minutes: 2 })
    expect(flow.take(out)).toHaveLength(1)
  })

  test('works with a step that waits for answers', async () => {
    const step = flaky()
    const flow = drive(
      topology(
        'app',
        from(orders)
          .mapAsync('ask', async (value) => step(value), { onFailure: policies })
          .to(out),
      ),
    )
    flow.put(orders, 'a:2', { key: 'k', time: start })
    flow.put(orders, 'b', { key: 'k', time: start })
    await flow.settle()
    expect(flow.take(out).map(({ value }) => value)).toEqual(['b'])
    flow.advance({ seconds: 5 })
    await flow.settle()
    flow.advance({ minutes: 1 })
    await flow.settle()
    expect(flow.take(out).map(({ value }) => value)).toEqual(['a:2'])
    expect(flow.counters).toMatchObject({ recordsIn: 2, retried: 2, reentered: 2 })
  })
})

describe('a redrive topic', () => {
  const built = (step: (value: string) => string) =>
    topology(
      'app',
      from(orders, { onFailure: [deadLetter('orders')] })
        .map(step)
        .to(out),
    )

  test('is read like its source, at once', () => {
    const flow = drive(built((value) => `worked ${value}`))
    putAgain(flow, 'app.redrive.orders', { key: 'k', value: 'a', time: start, reentry: { topic: 'orders', offset: 7 } })
    expect(flow.take(out)).toMatchObject([{ key: 'k', value: 'worked a', time: start }])
    expect(flow.counters).toMatchObject({ recordsIn: 0, reentered: 1 })
  })

  test('gives what fails again a letter of its first place, with every redrive and attempt counted', () => {
    const flow = drive(
      built(() => {
        throw reject('still bad')
      }),
    )
    const reentry = { topic: 'orders', offset: 7, attempts: 4, firstFailedAt: start - 9, redriveCount: 2 }
    putAgain(flow, 'app.redrive.orders', { key: 'k', value: 'a', time: start, reentry })
    expect(flow.deadLetters('orders')[0]!.headers).toMatchObject({
      '__streams.errors.topic': 'orders',
      '__streams.errors.offset': '7',
      '__millrace.dlq.attempts': '5',
      '__millrace.dlq.redrive.count': '2',
      '__millrace.dlq.first.failed.at': new Date(start - 9).toISOString(),
    })
  })

  test('gives what can not be decoded a letter as well', () => {
    const numbers = topic('numbers', { key: text, value: json<number>() })
    const flow = drive(topology('app', from(numbers).to(out)))
    putAgain(flow, 'app.redrive.numbers', {
      key: 'k',
      value: '{',
      time: start,
      reentry: { topic: 'numbers', offset: 7 },
    })
    putAgain(flow, 'app.redrive.numbers', {
      key: 'k',
      value: '1',
      time: start,
      reentry: { topic: 'numbers', offset: 8 },
    })
    expect(flow.deadLetters('numbers')[0]!.headers).toMatchObject({
      '__millrace.dlq.stage': 'deserialize',
      '__streams.errors.offset': '7',
    })
    expect(flow.take(out).map(({ value }) => value)).toEqual([1])
  })

  test('takes what was produced by hand for itself', () => {
    const flow = drive(
      built(() => {
        throw reject('bad')
      }),
    )
    flow.putBytes({ name: 'app.redrive.orders' }, Buffer.from('a'), { key: Buffer.from('k'), time: start })
    expect(flow.deadLetters('orders')[0]!.headers).toMatchObject({
      '__streams.errors.topic': 'app.redrive.orders',
      '__streams.errors.offset': '0',
    })
  })

  test('is there behind a repartition topic', () => {
    const flow = drive(
      topology(
        'app',
        from(orders)
          .keyBy('word', (value) => value)
          .count('words')
          .to(counts),
      ),
    )
    putAgain(flow, 'app.redrive.word', {
      key: 'a',
      value: '"a"',
      time: start,
      reentry: { topic: 'app.word.repartition', offset: 3 },
    })
    expect(flow.take(counts)).toMatchObject([{ key: 'a', value: 1 }])
  })

  test('stops the worker before the record, where that is the policy', () => {
    const flow = drive(
      topology(
        'app',
        from(orders)
          .map(
            () => {
              throw reject('bad')
            },
            { onFailure: [stop()] },
          )
          .to(out),
      ),
    )
    const put = () =>
      putAgain(flow, 'app.redrive.orders', { key: 'k', value: 'a', time: 1, reentry: { topic: 'orders', offset: 7 } })
    expect(put).toThrow(expect.objectContaining({ code: 'MR4102' }))
  })
})

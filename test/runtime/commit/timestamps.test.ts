import { describe, expect, it } from 'vitest'
import {
  deadLetter,
  from,
  nullable,
  number,
  type SourceOptions,
  skip,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import type { Rejections } from '../../../src/runtime/counters.ts'
import { type DriveOptions, drive, type PutOptions } from '../../../src/testing/drive.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const readings = topic('readings', { key: text, value: text })
const keyless = topic('keyless', { key: nullable(text), value: text })
const counts = topic('counts', { key: text, value: number })

/** What the source says of a value. */
const stamps: Record<string, unknown> = { null: null, undefined, none: Number.NaN, text: '5', date: new Date(noon) }
const stampOf = (value: string): number => {
  if (value === 'throws') throw new RangeError('no such time')
  return (value in stamps ? stamps[value] : Number(value)) as number
}

const perMinute = (source: SourceOptions<string, string>) =>
  topology(
    'readings',
    from(readings, { onFailure: [deadLetter('timeless')], ...source })
      .window(tumbling({ minutes: 1 }))
      .count('per-minute')
      .to(counts),
  )
const stamped = perMinute({ timestamp: stampOf, maxLead: 'off' })
const unstamped = perMinute({})
const promising = perMinute({ watermark: stampOf })

const names: readonly (keyof Rejections)[] = [
  'undecodable',
  'nullKeys',
  'nullValues',
  'missingTimestamps',
  'negativeTimestamps',
  'invalidTimestamps',
  'futureTimestamps',
  'unreadableTimestamps',
  'invalidWatermarks',
]

interface Case {
  readonly built: ReturnType<typeof perMinute>
  readonly value: string
  /** Kafka's timestamp. */
  readonly time?: number
  readonly counted: keyof Rejections
  readonly code?: string
}

const cases: Record<string, Case> = {
  'far beyond any date': { built: stamped, value: '1e300', counted: 'invalidTimestamps' },
  'in nanoseconds': { built: stamped, value: '1.7e18', counted: 'invalidTimestamps' },
  'not a number': { built: stamped, value: 'none', counted: 'invalidTimestamps' },
  infinite: { built: stamped, value: 'Infinity', counted: 'invalidTimestamps' },
  'a text': { built: stamped, value: 'text', counted: 'invalidTimestamps' },
  'a date': { built: stamped, value: 'date', counted: 'invalidTimestamps' },
  null: { built: stamped, value: 'null', counted: 'missingTimestamps' },
  undefined: { built: stamped, value: 'undefined', counted: 'missingTimestamps' },
  negative: { built: stamped, value: '-1', counted: 'negativeTimestamps' },
  'what the extractor threw at': { built: stamped, value: 'throws', counted: 'unreadableTimestamps' },
  'missing in Kafka': { built: unstamped, value: 'x', time: -1, counted: 'missingTimestamps' },
  'negative in Kafka': { built: unstamped, value: 'x', time: -2, counted: 'negativeTimestamps' },
  'more than a day ahead of the clock': {
    built: unstamped,
    value: 'x',
    time: noon + 86_400_001,
    counted: 'futureTimestamps',
  },
}

const promises: Record<string, Case> = {
  'not a number': { built: promising, value: 'none', counted: 'invalidWatermarks' },
  infinite: { built: promising, value: 'Infinity', counted: 'invalidWatermarks' },
  negative: { built: promising, value: '-1', counted: 'invalidWatermarks' },
  'more than a day ahead of the clock': {
    built: promising,
    value: String(noon + 86_400_001),
    counted: 'futureTimestamps',
  },
  'what the source threw at': { built: promising, value: 'throws', counted: 'unreadableTimestamps' },
}

const strict: DriveOptions = { now: noon, maxLead: 'as declared' }

function refused({ built, value, time = noon, counted, code = 'MR3003' }: Case): void {
  const flow = drive(built, strict)
  const good = (at: number): void => flow.put(readings, String(at), { key: 'k', time: at })
  good(noon)
  flow.put(readings, value, { key: 'k', time })
  good(noon + 1_000)
  flow.end()
  // It moved no time, and only it is missing.
  expect(flow.take(counts)).toMatchObject([{ key: 'k', value: 2, time: noon + 1_000 }])
  expect(flow.deadLetters('timeless').map(({ headers }) => headers['__millrace.dlq.error.code'])).toEqual([code])
  const rejected = names.filter((name) => flow.counters[name] > 0)
  expect([rejected, flow.counters[counted], flow.counters.deadLetters]).toEqual([[counted], 1, 1])
}

describe('a timestamp that is', () => {
  it.each(Object.keys(cases))(
    '%s makes a dead letter of its record, counted by its reason, and moves no time',
    (name) => {
      refused(cases[name]!)
    },
  )
})

describe('a watermark that is', () => {
  it.each(Object.keys(promises))(
    '%s makes a dead letter of its record, counted by its reason, and moves no time',
    (name) => {
      refused(promises[name]!)
    },
  )
})

describe('bytes and nulls', () => {
  const put: Record<string, [Buffer | null, PutOptions<Buffer>, keyof Rejections]> = {
    'bytes that are no value': [Buffer.from([0xff]), { key: Buffer.from('k') }, 'undecodable'],
    'bytes that are no key': [Buffer.from('1'), { key: Buffer.from([0xff]) }, 'undecodable'],
    'a null value where none may be': [null, { key: Buffer.from('k') }, 'nullValues'],
    'a null key where none may be': [Buffer.from('1'), { key: null }, 'nullKeys'],
  }
  it.each(Object.keys(put))('%s', (name) => {
    const [value, options, counted] = put[name]!
    const flow = drive(unstamped, strict)
    flow.putBytes(readings, value, { ...options, time: noon })
    expect(names.filter((each) => flow.counters[each] > 0)).toEqual([counted])
    expect(flow.deadLetters('timeless')).toHaveLength(1)
  })

  it('a null key where a later step needs one', () => {
    const grouped = from(keyless)
      .mapKeyValue((value, { key }) => [key as string, value])
      .keyBy('again', (_value, { key }) => key)
      .count('all')
      .toStream()
    const flow = drive(topology('keyless', grouped.to(counts)))
    flow.put(keyless, 'x', { key: null, time: noon })
    expect(flow.counters).toMatchObject({ nullKeys: 1, deadLetters: 1, undecodable: 0 })
  })

  it('are counted also where the policy is to skip', () => {
    const flow = drive(perMinute({ onFailure: [skip()] }), strict)
    flow.put(readings, null, { key: 'k', time: noon })
    flow.put(readings, 'x', { key: 'k', time: -5 })
    expect(flow.counters).toMatchObject({ nullValues: 1, negativeTimestamps: 1, skipped: 2, deadLetters: 0 })
  })
})

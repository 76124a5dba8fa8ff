import { describe, expect, test } from 'vitest'
import {
  deadLetter,
  from,
  globalTable,
  hopping,
  json,
  nullable,
  number,
  skip,
  stop,
  table,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'
import { drive, type Flow } from '../../src/testing/drive.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const lines = topic('lines', { key: nullable(text), value: text })
const words = topic('words', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const lateWords = topic('late-words', { key: text, value: text })

const perMinute = from(lines)
  .flatMap((line) => line.split(' '))
  .keyBy('word', (word) => word)
  .window(tumbling({ minutes: 1 }, { grace: { seconds: 10 } }))
  .count('per-minute')
const wordCount = topology('word-count', perMinute.to(counts), perMinute.late.map(({ value }) => value).to(lateWords))
const totals = topology('totals', from(words).count('totals').toStream().to(counts))

const countsOf = (flow: Flow): string[] =>
  flow.take(counts).map(({ key, value, time }) => `${key}=${value}@${time - noon}`)

describe('event time', () => {
  test('follows the wall clock once sources are idle, to the millisecond', () => {
    const flow = drive(wordCount)
    flow.put(lines, 'to be or not to be', { time: noon })
    flow.advance({ seconds: 29 })
    flow.advance({ seconds: 40, milliseconds: 999 })
    expect(countsOf(flow)).toEqual([])
    flow.advance({ milliseconds: 1 })
    expect(countsOf(flow)).toEqual(['be=2@0', 'not=1@0', 'or=1@0', 'to=2@0'])
    expect(countsOf(flow)).toEqual([])
  })

  test('moves with the records, across a repartition topic', () => {
    const flow = drive(wordCount)
    flow.put(lines, 'mill', { time: noon })
    flow.put(lines, 'race', { time: noon + 69_999 })
    expect(countsOf(flow)).toEqual([])
    flow.put(lines, 'race', { time: noon + 70_000 })
    expect(countsOf(flow)).toEqual(['mill=1@0'])
    flow.put(lines, 'mill race', { time: noon + 59_999 })
    expect(flow.take(lateWords)).toMatchObject([
      { key: 'mill', value: 'mill', time: noon + 59_999 },
      { key: 'race', value: 'race', time: noon + 59_999 },
    ])
    expect(flow.counters.late).toBe(2)
  })

  test('stands still where sources are never idle', () => {
    const patient = from(words, { idle: 'off' })
      .window(tumbling({ minutes: 1 }))
      .count('per-minute')
    const flow = drive(topology('patient', patient.to(counts)))
    flow.put(words, 'x', { key: 'a', time: noon })
    flow.advance({ days: 2 })
    expect(countsOf(flow)).toEqual([])
  })

  test('moves with a record that is filtered, also for what lies behind a repartition topic', () => {
    const kept = from(lines)
      .filter((line) => line !== 'drop')
      .keyBy('line', (line) => line)
    const flow = drive(
      topology(
        'kept',
        kept
          .window(tumbling({ seconds: 1 }))
          .count('counts')
          .to(counts),
      ),
    )
    flow.put(lines, 'a', { time: noon })
    for (const time of [1_000, 1_001]) flow.put(lines, 'drop', { time: noon + time })
    expect(countsOf(flow)).toEqual(['a=1@0'])
  })

  test('is not held back by a partition that never had a record', () => {
    const flow = drive(wordCount, { partitions: 2 })
    flow.put(lines, 'mill race', { time: noon, partition: 0 })
    flow.advance({ seconds: 29 })
    expect(countsOf(flow)).toEqual([])
    flow.advance({ minutes: 1 })
    expect(countsOf(flow).toSorted()).toEqual(['mill=1@0', 'race=1@0'])
  })

  test('is held back by the slowest partition, which may be busy', () => {
    const flow = drive(wordCount, { partitions: 2 })
    flow.put(lines, 'mill', { time: noon, partition: 0 })
    flow.put(lines, 'mill', { time: noon, partition: 1 })
    flow.put(lines, 'race', { time: noon + 120_000, partition: 0 })
    expect(countsOf(flow)).toEqual([])
    flow.put(lines, 'race', { time: noon + 120_000, partition: 1 })
    expect(countsOf(flow)).toEqual(['mill=2@0'])
  })
})

describe('the end', () => {
  test('closes everything; what was closed stays closed', () => {
    const flow = drive(wordCount)
    flow.put(lines, 'a b', { time: noon })
    flow.put(lines, 'a', { time: noon + 60_000 })
    flow.end()
    expect(countsOf(flow)).toEqual(['a=1@0', 'b=1@0', 'a=1@60000'])
    flow.put(lines, 'a', { time: noon + 61_000 })
    expect(flow.take(lateWords)).toMatchObject([{ value: 'a', time: noon + 61_000 }])
    flow.put(lines, 'a', { time: noon + 120_000 })
    flow.end()
    expect(countsOf(flow)).toEqual(['a=1@120000'])
  })

  test('of nothing is nothing', () => {
    const flow = drive(wordCount)
    flow.end()
    expect(countsOf(flow)).toEqual([])
  })

  test('reaches windows behind windows', () => {
    const perSecond = from(words)
      .window(tumbling({ seconds: 1 }))
      .count('per-second')
    const maximum = perSecond.window(tumbling({ seconds: 10 })).reduce('peak', (one, other) => Math.max(one, other))
    const flow = drive(topology('peaks', maximum.to(counts)))
    for (const time of [0, 1, 2, 5_000, 11_000]) flow.put(words, 'x', { key: 'a', time: noon + time })
    flow.end()
    expect(countsOf(flow)).toEqual(['a=3@5000', 'a=1@11000'])
  })
})

describe('a restart', () => {
  test('loses nothing that was committed', () => {
    const flow = drive(totals)
    for (const value of ['x', 'y']) flow.put(words, value, { key: 'a', time: noon })
    flow.restart()
    flow.put(words, 'z', { key: 'a', time: noon - 5 })
    expect(countsOf(flow)).toEqual(['a=1@0', 'a=2@0', 'a=3@0'])
    expect(flow.counters.restoredRows).toBe(2)
  })

  test('keeps open windows open, and late records late', () => {
    const flow = drive(wordCount)
    flow.put(lines, 'a', { time: noon })
    flow.put(lines, 'b', { time: noon + 70_000 })
    flow.restart()
    flow.put(lines, 'a', { time: noon + 1 })
    expect(flow.take(lateWords)).toMatchObject([{ value: 'a' }])
    flow.put(lines, 'b', { time: noon + 65_000 })
    flow.end()
    expect(countsOf(flow)).toEqual(['a=1@0', 'b=2@70000'])
  })

  test('on quiet input leaves no window open', () => {
    const flow = drive(wordCount)
    flow.put(lines, 'a', { time: noon })
    flow.restart()
    flow.advance({ seconds: 70 })
    expect(countsOf(flow)).toEqual(['a=1@0'])
  })

  test.each([1, 2, 3, 4, 5, 6])('after record %i changes no result', (at) => {
    const windows = hopping({ seconds: 10 }, { every: { seconds: 5 }, grace: { seconds: 3 } })
    const build = () =>
      drive(
        topology(
          'app',
          from(words)
            .window(windows)
            .aggregate('sums', {
              as: json<{ all: string }>(),
              start: { all: '' },
              add: ({ all }, value) => ({ all: all + value }),
            })
            .map(({ all }) => all)
            .to(lateWords),
        ),
      )
    const [plain, restarted] = [build(), build()]
    for (const [index, time] of [1, 7, 3, 14, 4, 22, 9].entries()) {
      for (const flow of [plain, restarted]) flow.put(words, String(index), { key: 'a', time: noon + time * 1_000 })
      if (index === at) restarted.restart()
    }
    plain.end()
    restarted.end()
    const expected = plain.take(lateWords)
    expect(expected.length).toBeGreaterThan(3)
    expect(restarted.take(lateWords)).toEqual(expected)
  })
})

describe('failures', () => {
  const fragile = (value: string): string => {
    if (value === 'bad') throw new TypeError('broken')
    return value
  }

  test('a record that a handler throws for becomes a dead letter, verbatim, and leaves nothing else', () => {
    const flow = drive(
      topology(
        'app',
        from(words)
          .peek(() => {})
          .map(fragile)
          .to(lateWords),
      ),
    )
    flow.put(words, 'bad', { key: 'k', time: noon, headers: { trace: '1' } })
    flow.put(words, 'good', { key: 'k', time: noon })
    expect(flow.take(lateWords)).toMatchObject([{ value: 'good' }])
    const [letter, ...others] = flow.deadLetters('words')
    expect(others).toEqual([])
    expect([letter?.key?.toString(), letter?.value?.toString()]).toEqual(['k', 'bad'])
    expect(letter?.headers).toMatchObject({
      trace: '1',
      '__millrace.dlq.stage': 'process',
      '__streams.errors.offset': '0',
    })
    expect(flow.counters).toMatchObject({ deadLetters: 1, out: 1 })
  })

  test('its writes are taken back, those of records around it are not', () => {
    const counted = from(words).count('totals').toStream()
    const flow = drive(
      topology('app', counted.to(counts), counted.peek((count) => void fragile(count === 2 ? 'bad' : '')).to(counts)),
    )
    for (let each = 0; each < 3; each++) flow.put(words, 'x', { key: 'a', time: noon })
    expect(countsOf(flow)).toEqual(['a=1@0', 'a=1@0'])
    expect(flow.deadLetters('words')).toHaveLength(2)
  })

  test('bytes that are no value, and a null where none may be, are dead letters of decoding', () => {
    const flow = drive(topology('app', from(words, { onFailure: [deadLetter('broken')] }).to(lateWords)))
    flow.putBytes(words, Buffer.from([0xff]), { key: Buffer.from('k'), time: noon })
    flow.put(words, null, { key: 'k', time: noon })
    flow.put(words, 'good', { key: null, time: noon })
    const letters = flow.deadLetters('broken')
    expect(letters.map(({ headers }) => headers['__millrace.dlq.error.code'])).toEqual(['MR3001', 'MR3001', 'MR3001'])
    expect(letters[0]?.value).toEqual(Buffer.from([0xff]))
    expect(flow.take(lateWords)).toEqual([])
  })

  test('skip drops and counts', () => {
    const flow = drive(
      topology(
        'app',
        from(words, { onFailure: [skip()] })
          .map(fragile)
          .to(lateWords),
      ),
    )
    flow.put(words, 'bad', { key: 'k', time: noon })
    expect(flow.counters).toMatchObject({ skipped: 1, deadLetters: 0, out: 0 })
  })

  test('stop stops before the record, each time it comes', () => {
    const flow = drive(
      topology(
        'app',
        from(words, { onFailure: [stop()] })
          .map(fragile)
          .to(lateWords),
      ),
    )
    flow.put(words, 'good', { key: 'k', time: noon })
    expect(() => flow.put(words, 'bad', { key: 'k', time: noon })).toThrow(expect.objectContaining({ code: 'MR4102' }))
    flow.restart()
    expect(() => flow.advance({ seconds: 1 })).toThrow(expect.objectContaining({ code: 'MR4102' }))
    expect(flow.take(lateWords)).toMatchObject([{ value: 'good' }])
  })

  test('a fold that changes its sum in place is found out', () => {
    const impure = from(words).aggregate('sums', {
      as: json<{ all: string[] }>(),
      start: () => ({ all: [] as string[] }),
      add: (sum, value) => {
        sum.all.push(value)
        return sum
      },
    })
    const flow = drive(
      topology(
        'app',
        impure
          .map(({ all }) => all.join())
          .toStream()
          .to(topic('sums', { key: text, value: nullable(text) })),
      ),
    )
    flow.put(words, 'x', { key: 'a', time: noon })
    expect(flow.deadLetters('words')[0]?.headers['__streams.errors.message']).toMatch(/not extensible/)
  })

  test('a row that failed for a record that fails as well is a dead letter once', () => {
    const rows = from(words)
      .window(tumbling({ seconds: 1 }))
      .aggregate('sums', { as: text, start: '', add: (sum: string, value) => sum + fragile(value) })
    const flow = drive(topology('app', rows.map((sum) => fragile(sum === 'x' ? 'bad' : sum)).to(lateWords)))
    flow.put(words, 'x', { key: 'a', time: noon })
    flow.put(words, 'bad', { key: 'a', time: noon + 1_000 })
    expect(
      flow
        .deadLetters('words')
        .map(({ value }) => value?.toString())
        .toSorted(),
    ).toEqual(['bad', 'x'])
  })

  test('a sum that cannot be written rejects its record, and no other', () => {
    const sums = from(topic('numbers', { key: text, value: number })).window(tumbling({ minutes: 1 }))
    const ratio = sums.aggregate('ratios', {
      as: json<{ ratio: number }>(),
      start: { ratio: 12 },
      add: (sum, value) => ({ ratio: sum.ratio / value }),
    })
    const flow = drive(topology('app', ratio.map((sum) => sum.ratio).to(counts)))
    for (const value of [2, 0, 3])
      flow.put(topic('numbers', { key: text, value: number }), value, { key: 'a', time: noon })
    flow.end()
    expect(countsOf(flow)).toEqual(['a=2@0'])
    expect(flow.deadLetters('numbers').map(({ value }) => value?.toString())).toEqual(['0'])
  })

  test('a row that fails behind its window becomes a dead letter of its own', () => {
    const rows = from(words)
      .window(tumbling({ seconds: 1 }))
      .count('per-second')
    const flow = drive(topology('app', rows.peek((_count, { key }) => void fragile(key)).to(counts)))
    for (const key of ['a', 'bad', 'c']) flow.put(words, 'x', { key, time: noon })
    flow.put(words, 'x', { key: 'd', time: noon + 1_000 })
    expect(countsOf(flow)).toEqual(['a=1@0', 'c=1@0'])
    const letters = flow.deadLetters('words')
    expect(letters.map(({ key, value }) => [key?.toString(), value?.toString()])).toEqual([['bad', '1']])
  })
})

describe('tables', () => {
  const names = globalTable('names', { value: json<string>() })
  const greeting = topology(
    'greeting',
    from(words)
      .lookup(
        names,
        (word) => word,
        (word, name) => `${word}:${name ?? '-'}`,
      )
      .to(lateWords),
  )

  test('a lookup sees the row as it is when the record comes, also after a restart', () => {
    const flow = drive(greeting)
    const greet = (): string | undefined => {
      flow.put(words, 'a', { key: 'k', time: noon })
      return flow.take(lateWords)[0]?.value
    }
    expect(greet()).toBe('a:-')
    flow.put(names, 'Ann', { key: 'a' })
    expect(greet()).toBe('a:Ann')
    flow.restart()
    expect(greet()).toBe('a:Ann')
    flow.put(names, null, { key: 'a' })
    expect(greet()).toBe('a:-')
  })

  test('a restart does not meet again what was refused as a row of a table', () => {
    const prices = table('prices', { value: number })
    const out = topic('out', { key: text, value: nullable(number) })
    const flow = drive(topology('shop', from(prices).toStream().to(out)))
    flow.put(prices, 5, { key: 'tea', time: 10 })
    flow.putBytes(prices, Buffer.from('five'), { key: Buffer.from('tea'), time: 20 })
    expect(flow.deadLetters('prices')).toHaveLength(1)
    flow.restart()
    expect(flow.counters.restoredRows).toBe(1)
    flow.put(prices, 6, { key: 'tea', time: 15 })
    expect(flow.take(out).map(({ value }) => value)).toEqual([5, 6])
  })

  test('a table keeps the latest by event time over a restart', () => {
    const prices = table('prices', { value: number })
    const flow = drive(
      topology(
        'app',
        from(prices)
          .toStream()
          .to(topic('shown', { key: text, value: nullable(number) })),
      ),
    )
    const shown = (): unknown[] =>
      flow.take(topic('shown', { key: text, value: nullable(number) })).map(({ value }) => value)
    flow.put(prices, 1, { key: 'a', time: noon })
    flow.put(prices, null, { key: 'a', time: noon + 10 })
    flow.restart()
    flow.put(prices, 2, { key: 'a', time: noon + 5 })
    flow.put(prices, 3, { key: 'a', time: noon + 10 })
    expect(shown()).toEqual([1, null, 3])
    expect(flow.counters.late).toBe(1)
  })
})

describe('putting', () => {
  test('shows handlers the headers, the place and the key', () => {
    const seen: unknown[] = []
    const looked = from(words).peek((_value, { key, headers, topic: source, partition, offset }) => {
      seen.push([key, headers.map(({ name, value }) => [name, value?.toString()]), source, partition, offset])
    })
    const flow = drive(topology('app', looked.to(lateWords)), { partitions: 3 })
    flow.put(words, 'v', { key: 'k', time: noon, partition: 2, headers: { trace: '1' } })
    flow.put(words, 'v', { key: 'k', time: noon, partition: 2 })
    expect(seen).toEqual([
      ['k', [['trace', '1']], 'words', 2, 0],
      ['k', [], 'words', 2, 1],
    ])
  })

  test('without a time uses the driven clock', () => {
    const flow = drive(totals, { now: noon })
    flow.advance({ seconds: 5 })
    flow.put(words, 'x', { key: 'a' })
    expect(countsOf(flow)).toEqual(['a=1@5000'])
  })

  test('takes any timestamp unless the lead is to be checked', () => {
    const tomorrow = { key: 'a', time: noon + 2 * 86_400_000 }
    const loose = drive(totals, { now: noon })
    loose.put(words, 'x', tomorrow)
    expect(loose.take(counts)).toHaveLength(1)
    const strict = drive(totals, { now: noon, maxLead: 'as declared' })
    strict.put(words, 'x', tomorrow)
    expect(strict.take(counts)).toEqual([])
    expect(strict.deadLetters('words')[0]?.headers['__millrace.dlq.error.code']).toBe('MR3003')
  })

  test('to a topic that is not read is refused', () => {
    expect(() => drive(totals).put(lines, 'x')).toThrow(expect.objectContaining({ code: 'MR2002' }))
  })
})

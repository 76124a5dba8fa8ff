/** Committed rows, as `flow.store` shows them: of each kind of store, by the step that keeps it or by its name. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  countWindow,
  cumulate,
  from,
  globalWindow,
  hopping,
  json,
  number,
  onRecords,
  session,
  skip,
  sliding,
  table,
  text,
  topic,
  topology,
  tumbling,
  valueState,
  versionedTable,
} from '../../src/index.ts'
import { drive, type Flow } from '../../src/testing/drive.ts'
import type { StoredTable, StoredVersions, StoredWindows } from '../../src/testing/index.ts'

const words = topic('words', { key: text, value: text })
const out = topic('out', { key: text, value: json<unknown>() })
const read = from(words, { idle: 'off' })

const put = (flow: Flow, key: string, time: number, value = 'x'): void => flow.put(words, value, { key, time })
const span = (start: number, end: number) => ({ start: new Date(start), end: new Date(end) })

describe('a table', () => {
  const totals = read.count('totals')
  const build = () => drive(topology('app', totals.to(out)), { partitions: 3 })

  test('has the row of a key, whatever partition it is in', () => {
    const flow = build()
    for (const key of ['a', 'b', 'c', 'a']) put(flow, key, 5)
    const rows = flow.store(totals)
    expectTypeOf(rows).toEqualTypeOf<StoredTable<string, number>>()
    expect(rows.get('a')).toMatchObject({ key: 'a', value: 2, time: 5 })
    expect(rows.get('z')).toBeUndefined()
    expect(
      rows
        .rows()
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(['a', 'b', 'c'])
  })

  test('is read by its name as well', () => {
    const flow = build()
    put(flow, 'a', 5)
    expect(flow.store('totals').rows()).toEqual([{ key: 'a', value: 1, time: 5, window: null }])
  })

  test('shows nothing of a record that was rejected', () => {
    const sums = read.aggregate('sums', { as: text, start: '', add: (sum: string, value) => sum + value })
    const guarded = sums.map((sum) => {
      if (sum.endsWith('!')) throw new Error('bad')
      return sum
    })
    const flow = drive(topology('app', guarded.to(out)))
    for (const value of ['a', '!', 'b']) put(flow, 'k', 1, value)
    expect(flow.store(sums).get('k')?.value).toBe('ab')
  })

  test('does not show a row that has outlived its time to live', () => {
    const seen = read.count('seen', { ttl: { milliseconds: 10 } })
    const flow = drive(topology('app', seen.to(out)))
    put(flow, 'a', 0)
    put(flow, 'b', 9)
    expect(
      flow
        .store(seen)
        .rows()
        .map(({ key }) => key),
    ).toEqual(['a', 'b'])
    put(flow, 'b', 10)
    expect(
      flow
        .store(seen)
        .rows()
        .map(({ key }) => key),
    ).toEqual(['b'])
  })

  test('of a topic has its rows', () => {
    const prices = from(table('prices', { value: number }))
    const flow = drive(
      topology(
        'app',
        prices
          .toStream()
          .filter(() => false)
          .to(topic('none', { key: text, value: json<unknown>() })),
      ),
    )
    flow.put(table('prices', { value: number }), 4, { key: 'tea', time: 3 })
    expect(flow.store(prices).get('tea')).toMatchObject({ value: 4, time: 3 })
    flow.put(table('prices', { value: number }), null, { key: 'tea', time: 4 })
    expect(flow.store(prices).rows()).toEqual([])
  })

  test('of rankings has the values, best first', () => {
    const best = read.top('best', 2, { compare: (one, other) => one.localeCompare(other) })
    const flow = drive(topology('app', best.to(out)))
    for (const value of ['m', 'z', 'b']) put(flow, 'k', 1, value)
    expect(flow.store('best').get('k')?.value).toEqual(['b', 'm'])
  })
})

describe('windows', () => {
  const ms = (milliseconds: number) => ({ milliseconds })
  const kinds = [
    { name: 'tumbling', windows: tumbling(ms(10)), of: [span(10, 20)] },
    {
      name: 'hopping',
      windows: hopping(ms(10), { every: ms(5), grace: ms(5) }),
      of: [span(0, 10), span(5, 15), span(10, 20)],
    },
    {
      name: 'cumulate',
      windows: cumulate(ms(10), { step: ms(5), grace: ms(9) }),
      of: [span(0, 5), span(0, 10), span(10, 15), span(10, 20)],
    },
    { name: 'sliding', windows: sliding(ms(8), { grace: ms(9) }), of: [span(0, 8), span(4, 12)] },
  ] as const

  test.each(kinds)('of kind $name lie where they lie', ({ windows, of }) => {
    const counts = read.window(windows).count('counts')
    const flow = drive(topology('app', counts.to(out)))
    for (const [key, time] of [
      ['a', 3],
      ['a', 12],
      ['b', 13],
    ] as const)
      put(flow, key, time)
    const rows = flow.store(counts)
    expectTypeOf(rows).toEqualTypeOf<StoredWindows<string, number>>()
    expect(rows.fetch('a').map(({ window }) => window)).toEqual(of)
    expect(rows.fetch('a', { from: 4, to: 10 }).map(({ window }) => window)).toEqual(
      of.filter(({ start }) => start.getTime() >= 4 && start.getTime() < 10),
    )
    expect(new Set(rows.rows().map(({ key }) => key))).toEqual(new Set(['a', 'b']))
  })

  test('of sessions are those that are open', () => {
    const visits = read.window(session(ms(5))).count('visits')
    const flow = drive(topology('app', visits.to(out)))
    for (const time of [10, 13, 30, 33]) put(flow, 'a\u0000b', time)
    expect(flow.store(visits).rows()).toMatchObject([{ key: 'a\u0000b', window: span(30, 33), value: 2 }])
    expect(flow.store(visits).fetch('a')).toEqual([])
  })

  test('of so many records hold their sums', () => {
    const threes = read.window(countWindow(3)).reduce('threes', (one, other) => one + other)
    const flow = drive(topology('app', threes.to(out)))
    for (const [time, value] of [
      [5, 'a'],
      [3, 'b'],
      [9, 'c'],
      [7, 'd'],
      [8, 'e'],
    ] as const)
      put(flow, 'k', time, value)
    expect(flow.store(threes).fetch('k')).toMatchObject([{ value: 'de', window: span(7, 8) }])
  })

  test('that never close are a table', () => {
    const all = read.window(globalWindow()).count('all')
    const flow = drive(topology('app', all.early(onRecords(2)).to(out)))
    for (const time of [1, 2, 3]) put(flow, 'k', time)
    expect(flow.store('all').get('k')?.value).toBe(3)
  })
})

describe('versions', () => {
  const history = { milliseconds: 100 }
  const prices = versionedTable('prices', { value: number, history })
  const rows = from(prices)
  const build = () =>
    drive(
      topology(
        'app',
        rows
          .toStream()
          .filter(() => false)
          .to(topic('none', { key: text, value: json<unknown>() })),
      ),
    )

  test('hold from one change to the next', () => {
    const flow = build()
    for (const [value, time] of [
      [1, 10],
      [3, 30],
      [2, 20],
      [null, 40],
    ] as const)
      flow.put(prices, value, { key: 'tea', time })
    const stored = flow.store(rows)
    expectTypeOf(stored).toEqualTypeOf<StoredVersions<string, number>>()
    expect([5, 10, 19, 20, 35, 40].map((at) => stored.get('tea', at)?.value)).toEqual([
      undefined,
      1,
      1,
      2,
      3,
      undefined,
    ])
    expect(stored.get('tea')).toBeUndefined()
    expect(stored.versions('tea', { from: 20 }).map(({ value, valid }) => [value, valid.from, valid.to])).toEqual([
      [2, 20, 30],
      [3, 30, 40],
      [null, 40, null],
    ])
  })

  test('are forgotten behind their history, purged or not; the latest is kept', () => {
    const flow = build()
    for (const [value, time] of [
      [1, 10],
      [2, 20],
    ] as const)
      flow.put(prices, value, { key: 'tea', time })
    flow.put(prices, 9, { key: 'milk', time: 130 })
    expect(flow.store(rows).get('tea', 15)).toBeUndefined()
    expect(flow.store(rows).get('tea', 25)?.value).toBe(2)
    expect(
      flow
        .store(rows)
        .rows()
        .map(({ key }) => key),
    ).toContain('milk')
  })
})

describe('other stores', () => {
  test('of a processor are shown by their names', () => {
    const firsts = read.process('firsts', {
      state: { seen: valueState(number) },
      onRecord(value, { state }) {
        state.seen.set((state.seen.get() ?? 0) + 1)
        return [value]
      },
    })
    const flow = drive(topology('app', firsts.to(out)))
    for (const time of [1, 2]) flow.put(words, 'x', { key: 'a', time })
    expect(
      flow
        .store('firsts.seen')
        .rows()
        .map(({ value }) => value),
    ).toEqual([2])
  })

  test('that are not there are told', () => {
    const flow = drive(topology('app', read.map((value) => value).to(out)))
    expect(() => flow.store('totals')).toThrow(expect.objectContaining({ code: 'MR4202' }))
    expect(() => flow.store(read as never)).toThrow(expect.objectContaining({ code: 'MR4202' }))
  })

  test('can not be read while answers are missing', async () => {
    const release = Promise.withResolvers<void>()
    const scored = from(words, { onFailure: [skip()] }).mapAsync('score', async (value) => {
      await release.promise
      return value
    })
    const counts = scored.count('counts')
    const flow = drive(topology('app', counts.to(out)))
    put(flow, 'a', 1)
    expect(() => flow.store(counts)).toThrow(expect.objectContaining({ code: 'MR4203' }))
    release.resolve()
    await flow.settle()
    expect(flow.store(counts).get('a')?.value).toBe(1)
  })
})

/** What each kind of store answers. */
import { describe, expect, test } from 'vitest'
import {
  countWindow,
  cumulate,
  from,
  globalWindow,
  hopping,
  json,
  number,
  session,
  sliding,
  table,
  text,
  topic,
  topology,
  tumbling,
  versionedTable,
} from '../../src/index.ts'
import type { GetAnswer, RowsAnswer } from '../../src/queries/answers.ts'
import type { RowJson } from '../../src/queries/json-of.ts'
import { drive } from '../../src/testing/index.ts'
import { commit, type DeskBench, deskAfter, deskOf } from './desk-bench.ts'

const items = topic('items', { key: text, value: number })
const out = topic('out', { key: text, value: json() })
const time = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** Puts `key@time=value` and so on, and opens a desk over the state. */
function deskWith(
  build: (name: string) => Parameters<typeof topology>[1],
  puts: readonly string[],
  at = -1,
): DeskBench {
  const built = topology('asked', build('store'))
  const flow = drive(built)
  for (const put of puts) {
    const [, key, when, value] = /^(\w+)@(\d+)=(\d+)$/.exec(put)!
    flow.put(items, Number(value), { key: key!, time: Number(when) })
  }
  return deskAfter(built, flow, { time: at })
}

async function rowsAt(bench: DeskBench, target: string): Promise<readonly RowJson[]> {
  const { status, body } = await bench.ask(target)
  expect(status).toBe(200)
  return (body as RowsAnswer).rows as readonly RowJson[]
}

/** Key, start, end, value: what a test looks at. */
function short(rows: readonly RowJson[]): unknown[][] {
  return rows.map(({ key, window, valid, value }) => [
    key,
    ...(window ? [Date.parse(window.start!), Date.parse(window.end!)] : valid ? [Date.parse(valid.from!)] : []),
    value,
  ])
}

describe('a table', () => {
  const puts = ['a@1=1', 'b@2=2', 'a@3=5', 'c@4=9']
  const summed = (): DeskBench =>
    deskWith(
      (name) =>
        from(items)
          .reduce(name, (sum, value) => sum + value, { value: number })
          .to(out),
      puts,
    )

  test('a key has its row, with where it comes from', async () => {
    expect(await summed().ask('/stores/store/a')).toEqual({
      status: 200,
      body: {
        store: 'store',
        task: 'items-0',
        partition: 0,
        position: '4',
        lag: '0',
        role: 'active',
        row: { key: 'a', time: time(3), value: 6 },
      },
    })
  })
  test('a key without a row is not found, and it is said where it was looked for', async () => {
    const { status, body } = await summed().ask('/stores/store/nobody')
    expect(status).toBe(404)
    expect(body).toMatchObject({ row: null, task: 'items-0', position: '4' })
  })
  test.each([
    ['?limit=10', ['a', 'b', 'c']],
    ['?from=b', ['b', 'c']],
    ['?to=b', ['a']],
    ['?from=aa&to=c', ['b']],
  ])('a range %s has the keys %j', async (parameters, keys) => {
    const rows = await rowsAt(summed(), `/stores/store${parameters}`)
    expect(rows.map(({ key }) => key)).toEqual(keys)
  })
  test('pages follow each other by their cursor', async () => {
    const bench = summed()
    const seen: unknown[] = []
    let target = '/stores/store?limit=1'
    for (let pages = 0; pages < 5; pages++) {
      const { body } = await bench.ask(target)
      const { rows, cursor } = body as RowsAnswer
      seen.push(...rows.map((row) => (row as RowJson).value))
      if (cursor === null) break
      target = `/stores/store?limit=1&cursor=${encodeURIComponent(cursor)}`
    }
    expect(seen).toEqual([6, 2, 9])
  })
  test('a row past its life is not told, swept or not', async () => {
    const expiring = (at: number): DeskBench =>
      deskWith(
        (name) =>
          from(items)
            .count(name, { ttl: { milliseconds: 100 } })
            .to(out),
        ['a@1=1', 'b@50=1'],
        at,
      )
    expect((await expiring(100).ask('/stores/store/a')).status).toBe(200)
    expect((await expiring(101).ask('/stores/store/a')).status).toBe(404)
    expect(short(await rowsAt(expiring(101), '/stores/store'))).toEqual([['b', 1]])
  })
  test('writes of the open transaction are not seen', async () => {
    const bench = summed()
    const store = bench.store('store')
    if (store.kind !== 'key-value') throw new Error('the store of a reduce has a row per key')
    store.put('a', 100, 9)
    expect(((await bench.ask('/stores/store/a')).body as GetAnswer).row).toMatchObject({ value: 6 })
    store.flush(() => undefined)
    expect(((await bench.ask('/stores/store/a')).body as GetAnswer).row).toMatchObject({ value: 6 })
    store.commit(5)
    expect((await bench.ask('/stores/store/a')).body).toMatchObject({ position: '5', row: { value: 100 } })
    store.put('a', 200, 9)
    store.flush(() => undefined)
    store.abort()
    expect((await bench.ask('/stores/store/a')).body).toMatchObject({ position: '5', row: { value: 100 } })
  })
  test('a remembered deletion is no row', async () => {
    const built = topology(
      'asked',
      from(table('rows', { key: text, value: number }))
        .toStream()
        .to(out),
    )
    const bench = deskOf(built)
    const store = bench.store('rows')
    if (store.kind !== 'key-value') throw new Error('a table has a row per key')
    store.put('a', 1, 1)
    store.put('b', 1, 1)
    commit(store, 2)
    store.delete('a', 2)
    commit(store, 3)
    expect((await bench.ask('/stores/rows/a')).status).toBe(404)
    expect(short(await rowsAt(bench, '/stores/rows'))).toEqual([['b', 1]])
  })
})

describe('windows', () => {
  const puts = ['a@1=1', 'b@2=1', 'a@12=1', 'a@25=1']
  const grace = { grace: { days: 1 } }
  const ms = (milliseconds: number): { milliseconds: number } => ({ milliseconds })
  const windows = {
    tumbling: tumbling(ms(10), grace),
    hopping: hopping(ms(10), { every: ms(5), ...grace }),
    cumulate: cumulate(ms(20), { step: ms(10), ...grace }),
    sliding: sliding(ms(10), grace),
    session: session(ms(11), grace),
  }

  test.each([
    [
      'tumbling',
      [
        [0, 10, 1],
        [10, 20, 1],
        [20, 30, 1],
      ],
    ],
    [
      'hopping',
      [
        [0, 10, 1],
        [5, 15, 1],
        [10, 20, 1],
        [20, 30, 1],
        [25, 35, 1],
      ],
    ],
    [
      'cumulate',
      [
        [0, 10, 1],
        [0, 20, 2],
        [20, 30, 1],
        [20, 40, 1],
      ],
    ],
    [
      'sliding',
      [
        [0, 10, 1],
        [2, 12, 1],
        [15, 25, 1],
      ],
    ],
    [
      'session',
      [
        [1, 12, 2],
        [25, 25, 1],
      ],
    ],
  ] as const)('%s: those of a key, in order', async (kind, expected) => {
    const bench = deskWith(
      (name) =>
        from(items)
          .window(windows[kind] as typeof windows.tumbling)
          .count(name)
          .to(out),
      puts,
    )
    const found = short(await rowsAt(bench, '/stores/store/a'))
    expect(found).toEqual(expected.map((row) => ['a', ...row]))
    const everyKey = short(await rowsAt(bench, '/stores/store'))
    expect(everyKey.filter(([key]) => key === 'a').toSorted()).toEqual(found.toSorted())
    expect(everyKey.some(([key]) => key === 'b')).toBe(true)
  })
  test.each([
    ['from=10', [10, 20]],
    ['to=20', [0, 10]],
    [`from=${encodeURIComponent(time(10))}&to=20`, [10]],
    ['from=11&to=20', []],
  ])('bounds %s are of where windows begin', async (bounds, starts) => {
    const bench = deskWith((name) => from(items).window(windows.tumbling).count(name).to(out), puts)
    const rows = await rowsAt(bench, `/stores/store/a?${bounds}`)
    expect(rows.map(({ window }) => Date.parse(window!.start!))).toEqual(starts)
    const all = await rowsAt(bench, `/stores/store?${bounds}`)
    expect(all.filter(({ key }) => key === 'a').map(({ window }) => Date.parse(window!.start!))).toEqual(starts)
  })
  test.each(['tumbling', 'session'] as const)('%s: pages of a key follow each other', async (kind) => {
    const bench = deskWith(
      (name) =>
        from(items)
          .window(windows[kind] as typeof windows.tumbling)
          .count(name)
          .to(out),
      puts,
    )
    const whole = await rowsAt(bench, '/stores/store/a')
    const [first] = whole
    const page = (await bench.ask('/stores/store/a?limit=1')).body as RowsAnswer
    expect(page.rows).toEqual([first])
    expect(await rowsAt(bench, `/stores/store/a?cursor=${page.cursor}`)).toEqual(whole.slice(1))
  })
  test('a count window tells what it holds so far', async () => {
    const bench = deskWith((name) => from(items).window(countWindow(3)).count(name).to(out), ['a@1=1', 'a@5=1'])
    expect(short(await rowsAt(bench, '/stores/store/a'))).toEqual([['a', 1, 5, 2]])
  })
  test('a ranking shows its values', async () => {
    const bench = deskWith(
      (name) =>
        from(items)
          .window(tumbling(ms(10), grace))
          .top(name, 2, { compare: (one, other) => other - one })
          .to(out),
      ['a@1=1', 'a@2=7', 'a@3=3'],
    )
    expect(short(await rowsAt(bench, '/stores/store/a'))).toEqual([['a', 0, 10, [7, 3]]])
  })
  test('the global window has one row per key', async () => {
    const bench = deskWith((name) => from(items).window(globalWindow()).count(name).updates().to(out), puts)
    expect((await bench.ask('/stores/store/a')).body).toMatchObject({ row: { key: 'a', value: 3 } })
  })
})

describe('a versioned table', () => {
  const prices = versionedTable('prices', { key: text, value: number, history: { milliseconds: 100 } })
  const versions = [
    ['a', 10, 1],
    ['a', 20, null],
    ['a', 30, 3],
    ['b', 15, 9],
  ] as const
  const asked = (at = -1): DeskBench => {
    const built = topology('asked', from(prices).toStream().to(out))
    const flow = drive(built)
    for (const [key, when, value] of versions) flow.put(prices, value as number, { key, time: when })
    return deskAfter(built, flow, { time: at })
  }

  test.each([
    ['', 3, 30, null],
    ['?at=9', null, null, null],
    ['?at=10', 1, 10, 20],
    ['?at=19', 1, 10, 20],
    ['?at=20', null, null, null],
    ['?at=1000', 3, 30, null],
    [`?at=${encodeURIComponent(time(30))}`, 3, 30, null],
  ])('as of %s', async (parameters, value, from, to) => {
    const { status, body } = await asked().ask(`/stores/prices/a${parameters}`)
    expect(status).toBe(value === null ? 404 : 200)
    const { row } = body as GetAnswer
    if (value === null) expect(row).toBeNull()
    else expect(row).toMatchObject({ value, valid: { from: time(from!), to: to === null ? null : time(to) } })
  })
  test('what held before the history began is not told, though it may still be there', async () => {
    expect((await asked(111).ask('/stores/prices/a?at=10')).status).toBe(404)
    expect((await asked(110).ask('/stores/prices/a?at=10')).status).toBe(200)
    expect((await asked(500).ask('/stores/prices/b?at=15')).status).toBe(200)
  })
  test('the versions of a key, none among them', async () => {
    expect(short(await rowsAt(asked(), '/stores/prices/a?from=0'))).toEqual([
      ['a', 10, 1],
      ['a', 20, null],
      ['a', 30, 3],
    ])
  })
})

describe('what only an operator understands', () => {
  const joined = (): DeskBench => {
    const others = topic('others', { key: text, value: number })
    const left = from(items)
    const both = left.join('pairs', from(others), (one, other) => one + other, {
      before: { seconds: 1 },
      after: { seconds: 1 },
      grace: { days: 1 },
      left: number,
      right: number,
    })
    const built = topology('asked', both.to(out))
    const flow = drive(built)
    flow.put(items, 5, { key: 'a', time: 10 })
    return deskAfter(built, flow)
  }
  test('it can be looked at, but not asked by key', async () => {
    const bench = joined()
    const { body } = await bench.ask('/stores/pairs.left')
    expect((body as RowsAnswer).rows).toHaveLength(1)
    await expect(bench.ask('/stores/pairs.left/a')).rejects.toMatchObject({ status: 400 })
  })
})

test('the list of stores says what each can be asked, and where its tasks are', async () => {
  const bench = deskWith((name) => from(items).count(name).to(out), [])
  bench.desk.placed(new Map([['items-0', 'http://there:2']]))
  expect((await bench.ask('/stores')).body).toEqual({
    schemaVersion: 1,
    app: 'asked',
    stores: [
      {
        name: 'store',
        node: 'store',
        kind: 'table',
        reads: ['get', 'range', 'scan'],
        key: 'text',
        value: 'number',
        tasks: [{ task: 'items-0', partition: 0, address: 'http://there:2' }],
      },
    ],
  })
})

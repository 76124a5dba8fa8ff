/** The typed client: values come back as the topology's serdes give them. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { from, number, type Serde, table, text, topic, topology, tumbling, versionedTable } from '../../src/index.ts'
import { queryClient } from '../../src/queries/index.ts'
import { startQueryServer } from '../../src/queries/server.ts'
import type { KeyValueStore, WindowStore } from '../../src/state/store.ts'
import { drive } from '../../src/testing/index.ts'
import { commit, type DeskBench, deskAfter, deskOf } from './desk-bench.ts'
import { partitionOf as keyIn, keys, pair, built as servedTopology, totals } from './servers.ts'

/** Whole numbers of any size: what JSON can't carry. */
const bigint: Serde<bigint> = {
  name: 'bigint',
  nullable: false,
  encode: (value) => String(value),
  decode: (source, start, end) => BigInt(source.toString('latin1', start, end)),
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const origin = { task: 'big-0', partition: 0, position: 1, lag: 0, role: 'active' }

describe('values and keys that JSON has no words for', () => {
  const big = from(table('big', { key: bigint, value: bigint }))
  const built = topology('client', big.toStream().to(table('out', { key: bigint, value: bigint })))

  test('come back as they are', async () => {
    const server = await startQueryServer({ port: 0 })
    onTestFinished(() => server.close())
    const bench = deskOf(built, { reader: server.reader })
    const store = bench.store('big') as KeyValueStore
    store.put(2n ** 70n, 2n ** 80n, 5)
    commit(store, 1)
    const client = queryClient(built, { url: server.address }).store(big)
    expect(await client.get(2n ** 70n)).toEqual({ key: 2n ** 70n, value: 2n ** 80n, time: new Date(5), origin })
    expect(await client.get(1n)).toBeUndefined()
    const shown = (await (await fetch(`${server.address}/stores/big/${2n ** 70n}`)).json()) as { row: unknown }
    expect(shown.row).toEqual({ key: String(2n ** 70n), value: String(2n ** 80n), time: new Date(5).toISOString() })
  })
})

describe('a table', () => {
  test('a range goes over all workers and pages', async () => {
    const [left, right] = await pair()
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`n${at}`, at]))
    const mine = Object.entries(many).filter(([key]) => keyIn(key) < 2)
    left.write(Object.fromEntries(mine))
    right.write(Object.fromEntries(Object.entries(many).filter(([key]) => keyIn(key) >= 2)))
    const client = queryClient(servedTopology, { url: right.server.address }).store(totals)
    const rows = await all(client.range())
    expect(rows).toHaveLength(3_000)
    expect(rows.reduce((sum, { value }) => sum + value, 0)).toBe((3_000 * 2_999) / 2)
    expect((await all(client.range({ from: 'n1', to: 'n10' }))).map(({ key }) => key)).toEqual(['n1'])
  })
  test('it waits while a task moves, as long as its patience lasts', async () => {
    const [left, right] = await pair()
    right.write({ [keys[2]!]: 8 })
    right.bench.ready = false
    const client = queryClient(servedTopology, { url: left.server.address }).store(totals)
    const asked = client.get(keys[2]!)
    setTimeout(() => {
      right.bench.ready = true
    }, 100)
    expect((await asked)?.value).toBe(8)
    right.bench.ready = false
    const hasty = queryClient(servedTopology, { url: left.server.address, patience: { milliseconds: 100 } }).store(
      totals,
    )
    await expect(hasty.get(keys[2]!)).rejects.toMatchObject({ code: 'MR4201', kind: 'retry' })
  })
  test('live: rows, present, changes', async () => {
    const [left, right] = await pair()
    right.write({ [keys[2]!]: 8 })
    const stopping = new AbortController()
    const events: unknown[] = []
    const client = queryClient(servedTopology, { url: left.server.address }).store(totals)
    for await (const event of client.live({ key: keys[2]!, signal: stopping.signal })) {
      if (event.type === 'present') right.write({ [keys[2]!]: 9 })
      if (event.type === 'put') right.write({ [keys[2]!]: undefined })
      events.push(event.type === 'row' || event.type === 'put' ? [event.type, event.row.value] : event.type)
      if (event.type === 'delete') {
        expect(event.gone).toEqual({ key: keys[2], window: null })
        stopping.abort()
      }
    }
    expect(events).toEqual([['row', 8], 'present', ['put', 9], 'delete'])
  })
})

describe('windows and versions', () => {
  const items = topic('items', { key: text, value: number })
  const minutes = from(items)
    .window(tumbling({ minutes: 1 }, { grace: { days: 1 } }))
    .count('per-minute')
  const prices = from(versionedTable('prices', { key: text, value: number, history: { days: 1 } }))
  const built = topology(
    'windowed',
    minutes.to(topic('counts', { key: text, value: number })),
    prices.toStream().to(table('current', { key: text, value: number })),
  )

  async function windowed(): Promise<{ readonly bench: DeskBench; readonly url: string }> {
    const server = await startQueryServer({ port: 0 })
    onTestFinished(() => server.close())
    const flow = drive(built)
    for (const [value, time] of [
      [1, 1_000],
      [2, 2_000],
      [3, 61_000],
    ] as const)
      flow.put(items, value, { key: 'a', time })
    const priced = { name: 'prices', key: text, value: number }
    for (const [value, time] of [
      [10, 1_000],
      [20, 5_000],
    ] as const)
      flow.put(priced, value, { key: 'p', time })
    return { bench: deskAfter(built, flow, { reader: server.reader }), url: server.address }
  }
  const window = (minute: number): object => ({
    start: new Date(minute * 60_000),
    end: new Date((minute + 1) * 60_000),
  })

  test('the windows of a key', async () => {
    const { url } = await windowed()
    const client = queryClient(built, { url }).store(minutes)
    const found = await all(client.fetch('a'))
    expect(found.map((row) => [row.window, row.value])).toEqual([
      [window(0), 2],
      [window(1), 1],
    ])
    expect(await all(client.fetch('a', { from: new Date(60_000) }))).toHaveLength(1)
    expect(await all(client.rows({ to: new Date(60_000) }))).toHaveLength(1)
  })
  test('a window that closes is deleted, and it is said which', async () => {
    const { bench, url } = await windowed()
    const store = bench.store('per-minute') as WindowStore
    const stopping = new AbortController()
    for await (const event of queryClient(built, { url }).store(minutes).live({ signal: stopping.signal })) {
      if (event.type === 'present') {
        store.delete(0, 'a')
        commit(store, 9)
      }
      if (event.type !== 'delete') continue
      expect(event.gone).toEqual({ key: 'a', window: window(0) })
      stopping.abort()
    }
  })
  test('versions', async () => {
    const { url } = await windowed()
    const client = queryClient(built, { url }).store(prices)
    expect(await client.get('p')).toMatchObject({ value: 20, valid: { from: new Date(5_000), to: null } })
    expect(await client.get('p', { at: new Date(4_999) })).toMatchObject({
      value: 10,
      valid: { from: new Date(1_000), to: new Date(5_000) },
    })
    expect(await client.get('p', { at: new Date(999) })).toBeUndefined()
    expect((await all(client.versions('p'))).map(({ value }) => value)).toEqual([10, 20])
  })
})

describe('what is not to be asked', () => {
  test('what comes after a fold keeps no rows', () => {
    const client = queryClient(servedTopology, { url: 'http://127.0.0.1:1' })
    expect(() => client.store(totals.map((value) => value))).toThrow(expect.objectContaining({ code: 'MR4202' }))
    const other = from(table('others', { key: text, value: number }))
    expect(() => client.store(other)).toThrow(expect.objectContaining({ code: 'MR4202' }))
  })
  test.each(['', 'localhost:80', 'ftp://a', 'http://a/b'])('the url %j', (url) => {
    expect(() => queryClient(servedTopology, { url })).toThrow(expect.objectContaining({ code: 'MR1003' }))
  })
  test('nobody is there: it says so when patience is over', async () => {
    const client = queryClient(servedTopology, { url: 'http://127.0.0.1:1', patience: { milliseconds: 1 } })
    await expect(client.store(totals).get('a')).rejects.toMatchObject({
      code: 'MR4201',
      text: { why: expect.stringMatching(/ECONNREFUSED|bad port/) },
    })
  })
})

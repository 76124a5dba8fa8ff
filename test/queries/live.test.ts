/** Live subscriptions: what is there, then each committed change, in order, and nothing else. */
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { ask, keys, pair, partitionOf, served, subscribe } from './servers.ts'

const all = [0, 1, 2, 3]
const [first = '', second = '', third = ''] = keys

/** Type, key and value of each message. */
function short(messages: readonly Record<string, unknown>[]): unknown[] {
  return messages.map(({ type, key, value }) => (type === 'present' ? type : [type, key, value]))
}

describe('a key', () => {
  test('its row, then its changes as they are committed, with the position of each', async () => {
    const one = await served(all)
    one.write({ [first]: 1 })
    const live = await subscribe(one, `/stores/totals/${first}/live`)
    await live.has(2)
    one.write({ [first]: 2, [second]: 50 })
    one.writeInVain({ [first]: 99 })
    one.write({ [first]: undefined })
    one.write({ [second]: 51 })
    one.write({ [first]: 4 })
    expect(short(await live.has(5))).toEqual([
      ['row', first, 1],
      'present',
      ['put', first, 2],
      ['delete', first, undefined],
      ['put', first, 4],
    ])
    expect(live.messages.map(({ position }) => position)).toEqual(['1', '1', '2', '3', '5'])
    expect(live.messages[0]).toMatchObject({ task: 'totals-0', partition: 0, role: 'active', lag: '0' })
  })
  test('one that is not there has no row, and its first change comes', async () => {
    const one = await served(all)
    const live = await subscribe(one, `/stores/totals/${first}/live`)
    await live.has(1)
    one.write({ [first]: 1 })
    expect(short(await live.has(2))).toEqual(['present', ['put', first, 1]])
  })
  test('asked for at another worker it is the same', async () => {
    const [left, right] = await pair()
    right.write({ [third]: 1 })
    const live = await subscribe(left, `/stores/totals/${third}/live`)
    await live.has(2)
    right.write({ [third]: 2 })
    expect(short(await live.has(3))).toEqual([['row', third, 1], 'present', ['put', third, 2]])
  })
})

describe('a whole store', () => {
  test('all rows of all workers, then every change', async () => {
    const [left, right] = await pair()
    left.write({ [first]: 1 })
    right.write({ [third]: 3 })
    const live = await subscribe(left, '/stores/totals/live')
    // Four partitions, each present by itself.
    const before = await live.has(6)
    expect(before.filter(({ type }) => type === 'present').map(({ partition }) => partition)).toHaveLength(4)
    expect(short(before.filter(({ type }) => type === 'row')).toSorted()).toEqual(
      [
        ['row', first, 1],
        ['row', third, 3],
      ].toSorted(),
    )
    right.write({ [third]: 4 })
    left.write({ [second]: 9 })
    const after = short((await live.has(8)).slice(6))
    expect(after).toContainEqual(['put', third, 4])
    expect(after).toContainEqual(['put', second, 9])
  })
  test('bounds hold for changes, too', async () => {
    const one = await served(all)
    const live = await subscribe(one, '/stores/totals/live?from=m')
    await live.has(4)
    one.write({ a: 1, z: 2 })
    expect(short((await live.has(5)).slice(4))).toEqual([['put', 'z', 2]])
  })
  test('rows of a large store wait for a client that reads slowly, through another worker, too', async () => {
    const [left, right] = await pair()
    const mine = Array.from({ length: 80_000 }, (_, at) => `large-${at}`).filter((key) => partitionOf(key) >= 2)
    right.write(Object.fromEntries(mine.map((key, at) => [key, at])))
    const live = await subscribe(left, '/stores/totals/live')
    live.socket.pause()
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    live.socket.resume()
    const messages = await live.has(mine.length + 4)
    expect(messages.filter(({ type }) => type === 'row')).toHaveLength(mine.length)
    expect(new Set(messages.map(({ key }) => key)).size).toBe(mine.length + 1)
  })
  test('a change while rows are still being read is told once, in its place', async () => {
    const one = await served(all)
    const mine = Array.from({ length: 20_000 }, (_, at) => `r${at}`)
      .filter((key) => partitionOf(key) === 0)
      .toSorted()
    one.write(Object.fromEntries(mine.map((key) => [key, 0])))
    const live = await subscribe(one, '/stores/totals/live?partition=0')
    // Rows come 500 at a time: with the first of them, nearly all are still to be read.
    await once(live.socket, 'message')
    const [early, late] = [mine[0]!, mine.at(-1)!]
    for (let value = 1; value <= 3; value++) one.write({ [early]: value, [late]: value })
    const messages = await live.has(mine.length + 1)
    while (!messages.some(({ type }) => type === 'present')) await once(live.socket, 'message')
    // Whatever came when: the last word about each key is its row.
    const last = new Map(messages.map(({ key, value }) => [key, value]))
    expect([last.get(early), last.get(late)]).toEqual([3, 3])
    const rows = messages.filter(({ type }) => type === 'row').map(({ key }) => key)
    expect(rows).toEqual(mine)
    const aboutEarly = messages.filter(({ key }) => key === early).map(({ value }) => value as number)
    expect(aboutEarly).toEqual(aboutEarly.toSorted((one, other) => one - other))
  })
})

describe('it ends', () => {
  test('when the task moves: subscribe anew', async () => {
    const [left, right] = await pair()
    const direct = await subscribe(left, `/stores/totals/${first}/live`)
    const through = await subscribe(right, '/stores/totals/live')
    await direct.has(1)
    await through.has(4)
    left.bench.store('totals', 0).close()
    for (const { closed } of [direct, through])
      expect(await closed).toEqual({ code: 1013, reason: expect.stringContaining('moved') })
  })
  test('when the other worker goes', async () => {
    const [left, right] = await pair()
    const live = await subscribe(left, `/stores/totals/${third}/live`)
    await live.has(1)
    await right.close()
    expect((await live.closed).code).toBe(1013)
  })
  test('when a client reads too slowly: what waits for it is bounded, the worker goes on', async () => {
    const one = await served(all)
    const live = await subscribe(one, `/stores/totals/live`)
    await live.has(4)
    live.socket.pause()
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`slow-${at}`, at]))
    // Enough for every buffer on the way: some 120 MB.
    for (let turn = 0; turn < 300; turn++) {
      one.write(many)
      if (turn % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    live.socket.resume()
    expect(await live.closed).toEqual({ code: 1013, reason: expect.stringContaining('fast enough') })
    expect((await ask(one, '/stores/totals/slow-1')).status).toBe(200)
  })
  test('when the worker stops', async () => {
    const one = await served(all)
    const live = await subscribe(one, `/stores/totals/${first}/live`)
    await live.has(1)
    await one.close()
    expect([1001, 1006]).toContain((await live.closed).code)
  })
  test('a client that has gone costs nothing more', async () => {
    const one = await served(all)
    const live = await subscribe(one, `/stores/totals/live`)
    await live.has(4)
    live.socket.close()
    await live.closed
    one.write({ [first]: 1 })
    expect((await ask(one, `/stores/totals/${first}`)).status).toBe(200)
  })
})

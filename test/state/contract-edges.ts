/** What comes from outside: restored rows, schemas that are not here yet, keys too long; and what is forgotten in time. */
import { expect, test } from 'vitest'
import { NotReady } from '../../src/serde/not-ready.ts'
import { number } from '../../src/serde/number.ts'
import type { Serde } from '../../src/serde/serde.ts'
import { text } from '../../src/serde/text.ts'
import type { KeyValueStore } from '../../src/state/store.ts'
import { commit, type Open } from './contract-subject.ts'

export function testDeletions(open: Open): void {
  test('a deletion is remembered for as long as its retention says, in the time of the store', () => {
    const rows = open({ deleteRetention: 100 })
    const store = rows.store as KeyValueStore
    store.delete('a', 50)
    store.put('b', 1, 150)
    expect(store.timeOf('a')).toBe(50)
    commit(store)
    expect(store.timeOf('a')).toBe(50)
    const savepoint = rows.undo.position
    store.put('b', 2, 151)
    expect(store.timeOf('a')).toBe(-1)
    rows.undo.undoTo(savepoint)
    expect(store.timeOf('a')).toBe(50)
    store.put('b', 2, 151)
    commit(store)
    expect(store.timeOf('a')).toBe(-1)
    expect([...store.rows()].map(({ key }) => key)).toEqual(['b'])
    expect(store.size).toBe(1)
  })

  test('a store that begins anew counts its time anew', () => {
    const store = open({ deleteRetention: 100 }).store as KeyValueStore
    store.put('a', 1, 1_000)
    commit(store)
    store.clear()
    store.delete('a', 50)
    commit(store)
    expect(store.timeOf('a')).toBe(50)
  })
}

/** A serde whose schema is not here until it was asked for once. */
function slowSerde(): { serde: Serde<unknown>; ready: Promise<void> } {
  let isHere = false
  const ready = Promise.resolve().then(() => {
    isHere = true
  })
  const decode: Serde<unknown>['decode'] = (all, start, end) => {
    if (!isHere) throw new NotReady('the schema is on its way', ready)
    return text.decode(all, start, end)
  }
  return { serde: { ...text, decode, encode: String, prepare: async () => undefined }, ready }
}

export function testSchemas(open: Open, start: Buffer = Buffer.alloc(0)): void {
  test('a row whose schema is not here is waited for when it is restored, not when it is read', async () => {
    const { serde, ready } = slowSerde()
    const rows = open({ value: serde })
    const restore = () => rows.store.restore(Buffer.concat([start, Buffer.from('a')]), Buffer.from('one'), 5)
    expect(restore).toThrow(NotReady)
    await ready
    restore()
    rows.store.restored(1)
    expect(rows.get('a')).toMatchObject({ value: 'one' })
  })

  test('so are rows that were here already', async () => {
    const { serde, ready } = slowSerde()
    const rows = open({ value: serde })
    rows.put('a', 'one', 1)
    commit(rows.store)
    const [warm] = rows.store.warmings()
    expect(warm).toThrow(NotReady)
    await ready
    expect(warm).not.toThrow()
    expect([...open().store.warmings()]).toEqual([])
  })
}

export function testLongKeys(open: Open): void {
  test('a key that is too long for a store is a reject, wherever rows are kept', () => {
    const rows = open()
    const longest = 'k'.repeat(1_892)
    rows.put(longest, 1, 1)
    commit(rows.store)
    expect(rows.get(longest)).toMatchObject({ value: 1 })
    expect(() => rows.put('k'.repeat(1_901), 1, 1)).toThrow(expect.objectContaining({ kind: 'reject', code: 'MR3008' }))
    expect(rows.store.size).toBe(1)
  })
}

export function testRestores(open: Open): void {
  test('restored rows go over those that are there, deletions too, in the order of the changelog', () => {
    const rows = open({ value: number as Serde<unknown> })
    const restore = (key: string, value: number | null): void => {
      rows.store.restore(Buffer.from(key), value === null ? null : Buffer.from(String(value)), 5)
    }
    for (let index = 0; index < 1_000; index++) restore(`k${index % 100}`, index)
    rows.store.restored(1_000)
    expect([rows.store.size, rows.store.position]).toEqual([100, 1_000])
    expect(rows.get('k7')).toMatchObject({ value: 907, time: 5 })
    restore('k7', null)
    restore('k8', null)
    restore('k8', 1)
    rows.store.restored(1_003)
    expect(rows.get('k7')).toBeUndefined()
    expect(rows.get('k8')).toMatchObject({ value: 1 })
    expect([rows.store.size, rows.store.position, rows.rows().length]).toEqual([99, 1_003, 99])
    rows.store.clear()
    expect([rows.store.size, rows.store.position, rows.get('k8')]).toEqual([0, -1, undefined])
  })
}

/** What every store must do, whatever it keeps its rows in. */
import { describe, expect, test } from 'vitest'
import { reject } from '../../src/faults.ts'
import { bytes } from '../../src/serde/bytes.ts'
import { number } from '../../src/serde/number.ts'
import type { Serde } from '../../src/serde/serde.ts'
import { text } from '../../src/serde/text.ts'
import { openStore } from '../../src/state/open.ts'
import { timeKey } from '../../src/state/row-key.ts'
import type { Rows } from '../../src/state/rows.ts'
import type { KeyValueStore, Store, StoreSpec, WindowStore } from '../../src/state/store.ts'
import { UndoLog } from '../../src/state/undo.ts'
import { testDeletions, testLongKeys, testRestores, testSchemas } from './contract-edges.ts'
import { commit, flushed, type Open, type Subject, usual } from './contract-subject.ts'

export function testStores(what: string, openRows: (kind: StoreSpec['kind']) => Rows): void {
  const openKeyValue: Open = (spec, undo = new UndoLog()) => {
    const store = openStore('rows', { ...usual, ...spec }, openRows('key-value'), undo) as KeyValueStore
    return {
      store,
      undo,
      get: (of) => store.get(of),
      put: (of, to, time) => store.put(of, to, time),
      delete: (of, time) => store.delete(of, time),
      rows: () => [...store.rows()],
    }
  }
  const openWindow: Open = (spec, undo = new UndoLog()) => {
    const store = openStore('rows', { ...usual, ...spec, kind: 'window' }, openRows('window'), undo) as WindowStore
    return {
      store,
      undo,
      get: (of) => store.get(60, of),
      put: (of, to, time) => store.put(60, of, to, time),
      delete: (of) => store.delete(60, of),
      rows: () => store.rows(60),
    }
  }
  const openRemembering: Open = (spec) => openKeyValue({ keepsDeleted: true, ...spec })
  describe.each([
    ['key-value', openKeyValue],
    ['window', openWindow],
    ['remembering deletions', openRemembering],
  ])(`${what}, %s`, (_kind, open) => testTransactions(open))
  describe(`${what}, key-value`, () => testKeyValue(openRemembering))
  describe(`${what}, deletions`, () => testDeletions(openRemembering))
  describe(`${what}, schemas`, () => testSchemas(openKeyValue))
  describe(`${what}, schemas of windows`, () => testSchemas(openWindow, timeKey(60)))
  describe(`${what}, long keys`, () => testLongKeys(openKeyValue))
  describe(`${what}, long keys of windows`, () => testLongKeys(openWindow))
  describe(`${what}, restored`, () => testRestores(openKeyValue))
  describe(`${what}, restored, remembering deletions`, () => testRestores(openRemembering))
  describe(`${what}, window`, () => testWindows(openWindow))
}

function testTransactions(open: Open): void {
  test('a row is there once written, in the open transaction and after it', () => {
    const rows = open()
    expect(rows.get('a')).toBeUndefined()
    rows.put('a', { n: 1 }, 5)
    expect(rows.get('a')).toMatchObject({ key: 'a', value: { n: 1 }, time: 5 })
    commit(rows.store)
    expect(rows.get('a')).toMatchObject({ key: 'a', value: { n: 1 }, time: 5 })
    expect(rows.store.size).toBe(1)
  })

  test('an abort brings back what was committed', () => {
    const rows = open()
    rows.put('kept', { n: 1 }, 1)
    rows.put('deleted', { n: 2 }, 2)
    commit(rows.store)
    rows.put('kept', { n: 10 }, 10)
    rows.delete('deleted', 10)
    rows.put('new', { n: 3 }, 10)
    expect(rows.store.size).toBe(2)
    rows.store.abort()
    expect(rows.rows()).toMatchObject([
      { key: 'deleted', value: { n: 2 }, time: 2 },
      { key: 'kept', value: { n: 1 }, time: 1 },
    ])
    expect(rows.store.size).toBe(2)
    expect(flushed(rows.store)).toEqual([])
  })

  test('an abort after a flush brings it back as well', () => {
    const rows = open()
    rows.put('a', 1, 1)
    commit(rows.store)
    rows.put('a', 2, 2)
    flushed(rows.store)
    rows.store.abort()
    expect(rows.get('a')).toMatchObject({ value: 1, time: 1 })
    rows.put('a', 3, 3)
    expect(flushed(rows.store)).toEqual(['a=3@3'])
  })

  test('a flush writes each changed row once, with its last value', () => {
    const rows = open()
    rows.put('a', 1, 1)
    rows.put('b', 1, 1)
    rows.put('a', 2, 4)
    expect(commit(rows.store)).toEqual(['a=2@4', 'b=1@1'])
    expect(commit(rows.store)).toEqual([])
    rows.delete('a', 6)
    expect(commit(rows.store)[0]).toMatch(/^a=null@/)
    expect(rows.get('a')).toBeUndefined()
    expect(rows.store.size).toBe(1)
  })

  test('a row made and deleted in one transaction writes nothing', () => {
    const rows = open()
    rows.put('a', 1, 1)
    rows.delete('a', 2)
    // A deletion that is remembered must be told, also when there is nothing to delete.
    expect(commit(rows.store)).toEqual(remembersDeletions(rows.store) ? ['a=null@2'] : [])
    expect(rows.get('a')).toBeUndefined()
    expect(rows.store.size).toBe(0)
  })

  test('undo leaves nothing of what came after the savepoint', () => {
    const rows = open()
    rows.put('a', 1, 1)
    const savepoint = rows.undo.position
    rows.put('a', 2, 2)
    rows.put('b', 2, 2)
    rows.delete('a', 3)
    rows.undo.undoTo(savepoint)
    expect(rows.get('a')).toMatchObject({ value: 1, time: 1 })
    expect(rows.get('b')).toBeUndefined()
    expect(rows.store.size).toBe(1)
    expect(commit(rows.store)).toEqual(['a=1@1'])
  })

  test('undo of everything leaves nothing to flush, and the row can come again', () => {
    const rows = open()
    rows.put('a', 1, 1)
    rows.undo.undoTo(0)
    expect(rows.rows()).toEqual([])
    rows.put('a', 2, 2)
    rows.undo.forget()
    expect(commit(rows.store)).toEqual(['a=2@2'])
    expect(rows.get('a')).toMatchObject({ value: 2 })
  })

  test('undo of a deletion shows the row again', () => {
    const rows = open()
    rows.put('a', { n: 1 }, 1)
    commit(rows.store)
    rows.undo.forget()
    rows.delete('a', 2)
    rows.undo.undoTo(0)
    expect(rows.get('a')).toMatchObject({ value: { n: 1 }, time: 1 })
    expect(commit(rows.store)).toEqual([])
  })

  test('committed objects are handed out anew each time', () => {
    const rows = open()
    const written = { n: 1 }
    rows.put('a', written, 1)
    commit(rows.store)
    written.n = 99
    const first = rows.get('a')!.value as { n: number }
    first.n = 50
    expect(rows.get('a')!.value).toEqual({ n: 1 })
  })

  test('keys with equal bytes are one key', () => {
    const rows = open({ key: bytes as Serde<unknown> })
    rows.put(Buffer.from([1, 255]), 1, 1)
    rows.put(new Uint8Array([1, 255]), 2, 2)
    expect(rows.store.size).toBe(1)
    expect(rows.get(Buffer.from([1, 255]))).toMatchObject({ value: 2 })
    const lowerCase: Serde<unknown> = { ...text, encode: (key) => String(key).toLowerCase(), decode: text.decode }
    const folded = open({ key: lowerCase })
    folded.put('A', 1, 1)
    expect(folded.get('a')).toMatchObject({ value: 1 })
  })

  test('rows come in the unsigned order of their key bytes', () => {
    const rows = open()
    const keys = ['', 'a', 'a\0', 'aa', 'b', 'é', '\uD7FF', '\uE000', '\uFFFF', '\u{10000}', '\u{10FFFF}']
    for (const key of keys.toReversed()) rows.put(key, 1, 1)
    expect(rows.rows().map(({ key }) => key)).toEqual(keys)
    expect(keys).toEqual(keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))))
    const raw = open({ key: bytes as Serde<unknown> })
    for (const byte of [255, 0, 128, 127]) raw.put(Buffer.from([byte]), 1, 1)
    expect(raw.rows().map(({ key }) => (key as Uint8Array)[0])).toEqual([0, 127, 128, 255])
  })

  test('a key that is written as null is a reject', () => {
    const nothing: Serde<unknown> = { ...text, nullable: true, decode: text.decode, encode: () => null }
    expect(() => open({ key: nothing }).put('a', 1, 1)).toThrow(
      expect.objectContaining({ kind: 'reject', code: 'MR3004' }),
    )
  })

  test('a value that is written as null is a tombstone', () => {
    const noZero: Serde<unknown> = {
      ...number,
      nullable: true,
      decode: number.decode,
      encode: (value) => (value === 0 ? null : String(value)),
    }
    const rows = open({ value: noZero })
    rows.put('a', 1, 1)
    commit(rows.store)
    rows.put('a', 0, 2)
    expect(commit(rows.store)).toEqual(['a=null@2'])
    expect(rows.get('a')).toBeUndefined()
    expect(rows.store.size).toBe(0)
  })

  test('a value that cannot be written says so at the flush', () => {
    const refusing: Serde<unknown> = {
      ...text,
      decode: text.decode,
      encode: () => {
        throw reject('no')
      },
    }
    const rows = open({ value: refusing })
    rows.put('a', 1, 1)
    expect(() => flushed(rows.store)).toThrow('no')
    rows.store.abort()
    expect(rows.store.size).toBe(0)
  })

  test('encoding eagerly, a value that cannot be written is refused by the put, until the next commit', () => {
    const rows = open({ value: number as Serde<unknown> })
    rows.store.encodesEagerly = true
    rows.put('a', 1, 1)
    expect(() => rows.put('a', Number.NaN, 2)).toThrow(expect.objectContaining({ kind: 'reject' }))
    rows.delete('a', 3)
    rows.put('b', 2, 3)
    expect(commit(rows.store).at(-1)).toBe('b=2@3')
    expect(() => rows.put('b', Number.NaN, 4)).not.toThrow()
  })

  test('what was flushed restores another store', () => {
    const rows = open()
    const log: [Buffer, Buffer | null, number][] = []
    const write = (key: Uint8Array, value: Uint8Array | string | null, time: number): void => {
      log.push([Buffer.from(key), value === null ? null : Buffer.from(value as string), time])
    }
    for (const [at, key] of ['a', 'ß', 'gone'].entries()) rows.put(key, { at }, at)
    rows.store.flush(write)
    rows.store.commit()
    rows.delete('gone', 9)
    rows.put('a', 5, 9)
    rows.store.flush(write)
    const other = open()
    for (const row of log) other.store.restore(...row)
    other.store.restored(log.length)
    for (const row of log) row[1]?.fill(0)
    expect(other.rows()).toMatchObject([
      { key: 'a', value: 5, time: 9 },
      { key: 'ß', value: { at: 1 }, time: 1 },
    ])
    expect(other.store.size).toBe(2)
    expect(flushed(other.store)).toEqual([])
  })
}

function testKeyValue(open: Open): void {
  const timeOf = ({ store }: Subject, key: string): number => (store as KeyValueStore).timeOf(key)

  test('the time of a deletion stays', () => {
    const rows = open()
    expect(timeOf(rows, 'a')).toBe(-1)
    rows.put('a', 1, 5)
    rows.delete('a', 8)
    expect(timeOf(rows, 'a')).toBe(8)
    commit(rows.store)
    expect(timeOf(rows, 'a')).toBe(8)
    expect(rows.rows()).toEqual([])
  })

  test('a restore keeps what came last, whatever the order of time', () => {
    const rows = open()
    const restore = (value: string | null, time: number): void => {
      rows.store.restore(Buffer.from('a'), value === null ? null : Buffer.from(value), time)
      rows.store.restored(0)
    }
    restore('1', 10)
    restore('2', 9)
    expect(rows.get('a')).toMatchObject({ value: 2, time: 9 })
    restore(null, 20)
    expect(rows.get('a')).toBeUndefined()
    expect(timeOf(rows, 'a')).toBe(20)
    restore('3', 15)
    expect(rows.get('a')).toMatchObject({ value: 3, time: 15 })
    restore('4', 20)
    expect(rows.get('a')).toMatchObject({ value: 4, time: 20 })
  })
}

function testWindows(openWindow: Open): void {
  const open = (): { store: WindowStore; undo: UndoLog } => {
    const { store, undo } = openWindow()
    return { store: store as WindowStore, undo }
  }

  test('the first start follows what can be seen', () => {
    const { store, undo } = open()
    expect(store.firstStart).toBe(Number.POSITIVE_INFINITY)
    store.put(20, 'a', 1, 20)
    store.put(10, 'a', 1, 10)
    store.put(30, 'a', 1, 30)
    expect(store.firstStart).toBe(10)
    const savepoint = undo.position
    store.delete(10, 'a')
    expect(store.firstStart).toBe(20)
    store.put(0, 'a', 1, 0)
    expect(store.firstStart).toBe(0)
    undo.undoTo(savepoint)
    expect(store.firstStart).toBe(10)
    store.abort()
    expect(store.firstStart).toBe(Number.POSITIVE_INFINITY)
  })

  test('the rows of a key are fetched by start, and starts come in order', () => {
    const { store } = open()
    for (const start of [30, 10, 20]) store.put(start, 'a', start, start)
    store.put(20, 'b', 1, 20)
    commit(store)
    store.put(40, 'a', 40, 40)
    store.delete(30, 'a')
    expect([...store.starts()]).toEqual([10, 20, 40])
    expect([...store.fetch('a', 20, 41)].map(({ start, row }) => [start, row.value])).toEqual([
      [20, 20],
      [40, 40],
    ])
  })

  test('one key has a row per start', () => {
    const { store } = open()
    store.put(10, 'a', 1, 10)
    store.put(20, 'a', 2, 20)
    expect(store.get(10, 'a')).toMatchObject({ value: 1 })
    expect(store.get(20, 'a')).toMatchObject({ value: 2 })
    expect(store.get(30, 'a')).toBeUndefined()
    expect(store.rows(20)).toMatchObject([{ key: 'a', value: 2 }])
    expect(store.rows(30)).toEqual([])
  })

  test('the changelog key is start and key', () => {
    const { store } = open()
    const start = Date.UTC(2026, 0, 1)
    store.put(start, 'é', 1, start)
    const keys: string[] = []
    store.flush((key) => keys.push(Buffer.from(key).toString('hex')))
    expect(keys).toEqual([`${start.toString(16).padStart(16, '0')}c3a9`])
  })

  test('rows may be deleted while they are walked', () => {
    const { store } = open()
    for (const key of ['b', 'a', 'c']) store.put(10, key, key, 10)
    const seen: unknown[] = []
    for (const { key } of store.rows(10)) {
      seen.push(key)
      store.delete(10, key)
    }
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(store.firstStart).toBe(Number.POSITIVE_INFINITY)
    expect(commit(store)).toEqual([])
  })

  test('a deletion of nothing is nothing', () => {
    const { store, undo } = open()
    store.delete(10, 'a')
    expect(undo.position).toBe(0)
    expect(commit(store)).toEqual([])
  })
}

function remembersDeletions(store: Store): boolean {
  return (store as unknown as { keepsDeleted: boolean }).keepsDeleted
}

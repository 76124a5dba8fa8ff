/** Sums that are written over in place, and what must not change with them. */
import { describe, expect, test } from 'vitest'
import { number } from '../../src/serde/number.ts'
import type { Serde } from '../../src/serde/serde.ts'
import { memory } from '../../src/state/memory/backend.ts'
import { layouts, openStore } from '../../src/state/open.ts'
import type { KeyValueStore, OrderedStore, StoreSpec, WindowStore } from '../../src/state/store.ts'
import { UndoLog } from '../../src/state/undo.ts'
import { commit, flushed, usual } from './contract-subject.ts'

function openIn<S>(spec: Partial<StoreSpec>, undo = new UndoLog()): { store: S; undo: UndoLog } {
  const all = { ...usual, ...spec }
  const rows = memory().open({ app: 'app', task: 'in-0', store: 'rows', layout: layouts[all.kind] })
  return { store: openStore('rows', all, rows, undo) as S, undo }
}

const openWindow = (): { store: WindowStore; undo: UndoLog } => openIn({ kind: 'window' })

describe('an update in place', () => {
  test('is taken back step by step, value and time', () => {
    const { store, undo } = openWindow()
    store.put(0, 'a', 1, 1)
    const savepoint = undo.position
    store.update(0, 'a', 2, 2)
    const second = undo.position
    store.update(0, 'a', 3, 3)
    undo.undoTo(second)
    expect(store.get(0, 'a')).toMatchObject({ value: 2, time: 2 })
    undo.undoTo(savepoint)
    expect(store.get(0, 'a')).toMatchObject({ value: 1, time: 1 })
    undo.undoTo(0)
    expect(store.get(0, 'a')).toBeUndefined()
  })

  test('makes no second row, and leaves a committed row as it is until the next commit', () => {
    const { store } = openWindow()
    store.update(0, 'a', 1, 1)
    commit(store)
    const committed = store.get(0, 'a')
    store.update(0, 'a', 2, 2)
    store.update(0, 'a', 3, 3)
    expect(committed).toMatchObject({ value: 1, time: 1 })
    store.abort()
    expect(store.get(0, 'a')).toMatchObject({ value: 1, time: 1 })
    store.update(0, 'a', 4, 4)
    expect(commit(store)).toEqual(['a=4@4'])
  })

  test('does not change what was flushed', () => {
    const { store, undo } = openWindow()
    store.update(0, 'a', 1, 1)
    expect(flushed(store)).toEqual(['a=1@1'])
    undo.forget()
    store.update(0, 'a', 2, 2)
    store.update(0, 'a', 3, 3)
    undo.undoTo(0)
    expect(store.get(0, 'a')).toMatchObject({ value: 1 })
    store.update(0, 'a', 4, 4)
    store.commit()
    expect(store.get(0, 'a')).toMatchObject({ value: 4 })
    store.abort()
    expect(store.get(0, 'a')).toMatchObject({ value: 1, time: 1 })
  })

  test('of a value that cannot be written is refused where values are encoded at once', () => {
    const { store } = openIn<KeyValueStore>({ value: number as Serde<unknown> })
    store.update('a', 1, 1)
    store.encodesEagerly = true
    expect(() => store.update('a', Number.NaN, 2)).toThrow(expect.objectContaining({ code: 'MR3002' }))
    expect(store.get('a')).toMatchObject({ value: 1 })
  })
})

test('the time of a store that forgets deletions is that of what is committed, when the rest is aborted', () => {
  const { store } = openIn<KeyValueStore>({ keepsDeleted: true, deleteRetention: 100 })
  store.delete('a', 50)
  flushed(store)
  store.put('b', 1, 500)
  expect(store.timeOf('a')).toBe(-1)
  store.commit()
  store.abort()
  expect(store.timeOf('a')).toBe(50)
})

test('all rows of a window come in order from what is at hand, as from what is committed', () => {
  const spec = { kind: 'window', key: number as Serde<unknown> } as const
  const { store } = openIn<WindowStore>(spec)
  for (const key of [10, 9, -0, 100]) store.update(0, key, { key }, 1)
  const before = store.rows(0).map(({ key }) => key)
  commit(store)
  expect(store.rows(0).map(({ key }) => key)).toEqual(before)
  expect(store.rows(0).map(({ value }) => value)).toEqual(
    [{ key: '-0' }, { key: 10 }, { key: 100 }, { key: 9 }].map(({ key }) => ({ key: key === '-0' ? 0 : key })),
  )
})

test('a row of a session that grows leaves nothing behind for a scan to pass', () => {
  const { store } = openIn<OrderedStore>({ kind: 'ordered' })
  for (let end = 0; end < 100; end++) {
    store.put(Buffer.from([end]), end, end)
    if (end > 0) store.delete(Buffer.from([end - 1]))
  }
  expect([...store.scan(null, null)].map(({ value }) => value)).toEqual([99])
  const written = (store as unknown as { readonly written: { readonly size: number } }).written
  expect(written.size).toBe(1)
  expect(store.size).toBe(1)
})

/** Far more rows than are kept at hand: in one transaction, and in one window. */
import { describe, expect, test } from 'vitest'
import { memory } from '../../src/state/memory/backend.ts'
import { Blocks } from '../../src/state/memory/blocks.ts'
import { openStore } from '../../src/state/open.ts'
import { SlotRoom } from '../../src/state/slot-room.ts'
import type { WindowStore } from '../../src/state/store.ts'
import { UndoLog } from '../../src/state/undo.ts'
import { commit, usual } from './contract-subject.ts'

const cachedRows = 8

function openWindow(): { store: WindowStore; undo: UndoLog } {
  const undo = new UndoLog()
  const rows = memory().open({ app: 'app', task: 'in-0', store: 'rows', layout: 'by-time' })
  return { store: openStore('rows', { ...usual, kind: 'window' }, rows, undo, { cachedRows }) as WindowStore, undo }
}

describe('room for rows at hand', () => {
  test('is not looked for at each new row while all have to stay', () => {
    const room = new SlotRoom(cachedRows)
    let walked = 0
    for (let held = 0; held < 10_000; held++) {
      if (room.isFull) {
        walked += held
        room.made(held)
      }
      room.take()
    }
    expect(walked).toBeGreaterThan(0)
    expect(walked).toBeLessThan(2 * 10_000)
  })

  test('is as small as before in the transaction after a large one', () => {
    const room = new SlotRoom(cachedRows)
    for (let held = 0; held < 100; held++) room.take()
    room.made(100)
    for (let held = 0; held < 100; held++) room.giveBack()
    room.settle()
    for (let held = 0; held < 2 * cachedRows; held++) room.take()
    expect(room.isFull).toBe(true)
  })

  test('keeps what is asked for again and again where few others come', () => {
    const { store } = openWindow()
    for (let turn = 0; turn < 50; turn++) {
      for (const key of ['hot', `cold-${turn}`]) store.update(0, key, turn, turn)
      commit(store)
    }
    expect(store.rows(0)).toHaveLength(51)
    expect(store.get(0, 'hot')).toMatchObject({ value: 49, time: 49 })
  })
})

describe('a walk over the rows of a window', () => {
  const keys = Array.from({ length: 500 }, (_, at) => `key-${String(at).padStart(3, '0')}`)

  function filled(): ReturnType<typeof openWindow> {
    const opened = openWindow()
    for (const [at, key] of [...keys].reverse().entries()) opened.store.update(60, key, at, at)
    commit(opened.store)
    opened.undo.forget()
    return opened
  }

  test('gives each row once, in order, while all are deleted', () => {
    const { store } = filled()
    const seen: unknown[] = []
    for (const { key } of store.walk(60)) {
      seen.push(key)
      store.delete(60, key)
      expect(store.get(60, key)).toBeUndefined()
    }
    expect(seen).toEqual(keys)
    expect([store.size, store.firstStart]).toEqual([0, Number.POSITIVE_INFINITY])
    expect(commit(store)).toEqual(keys.map((key) => expect.stringContaining(key)))
    expect([store.size, store.rows(60)]).toEqual([0, []])
  })

  test('leaves the rows as they were when its deletions are taken back', () => {
    const { store, undo } = filled()
    const before = store.rows(60)
    for (const { key } of store.walk(60)) store.delete(60, key)
    undo.undoTo(0)
    expect(store.rows(60)).toEqual(before)
    expect(commit(store)).toEqual([])
    expect(store.rows(60)).toEqual(before)
  })

  test('is forgotten with the commit: a row that is gone is not taken for there', () => {
    const { store } = filled()
    for (const { key } of store.walk(60)) {
      store.delete(60, key)
      break
    }
    expect(commit(store)).toHaveLength(1)
    store.delete(60, keys[0])
    expect(commit(store)).toEqual([])
    store.update(60, keys[0], 7, 7)
    expect(store.size).toBe(keys.length)
  })

  test('sees what the open transaction wrote before it began', () => {
    const { store } = filled()
    store.update(60, 'key-000a', 'new', 1)
    store.update(60, 'key-001', 'other', 2)
    store.delete(60, 'key-002')
    const seen = Array.from(store.walk(60), ({ key, value }) => `${String(key)}=${String(value)}`)
    expect(seen.slice(0, 4)).toEqual(['key-000=499', 'key-000a=new', 'key-001=other', 'key-003=496'])
  })
})

test.each([0, 1, 47, 48, 49, 1_900])('a key of %i bytes is copied and compared where it lies', (length) => {
  const blocks = new Blocks()
  const key = Buffer.alloc(length, 0x80)
  const address = blocks.add(key, Buffer.from('row'))
  const copy = Buffer.alloc(length + 2)
  blocks.copyKey(address, copy, 1)
  expect(copy).toEqual(Buffer.concat([Buffer.from([0]), key, Buffer.from([0])]))
  for (const other of [key, Buffer.concat([key, Buffer.from([0])]), Buffer.alloc(length, 0x7f), Buffer.from([0xff])]) {
    expect(Math.sign(blocks.compareKey(address, other))).toBe(Buffer.compare(key, other))
  }
})

/** What the watchdog sees, and when it says that a thread is stuck. */
import { describe, expect, test } from 'vitest'
import { Blames } from '../../../src/cli/worker/blames.ts'
import { HandBoard, type HandState } from '../../../src/cli/worker/hand-board.ts'
import { look, type Watching } from '../../../src/cli/worker/watchdog.ts'
import { WatchedHand } from '../../../src/cli/worker/watched-hand.ts'

const record = { topic: 'orders', partition: 3, offset: 12 }

/** Looks in a row in which nothing moved, after these. */
function stillAfter(states: readonly HandState[]): number {
  let watching: Watching | null = null
  for (const state of states) watching = look(watching, state)
  return watching!.still
}

describe('a thread counts as still', () => {
  const inHand = { record, takes: 7, beats: 3 }
  test.each<[string, HandState[], number]>([
    ['with the same record in hand and no beat', [inHand, inHand, inHand], 2],
    ['not at the first look', [inHand], 0],
    ['not while its heart beats: it waits, and does not hang', [inHand, { ...inHand, beats: 4 }], 0],
    ['not while it takes one record after the other', [inHand, { ...inHand, takes: 8 }], 0],
    ['not without a record in hand', Array<HandState>(3).fill({ record: null, takes: 7, beats: 3 }), 0],
    ['only since something last moved', [inHand, inHand, { ...inHand, takes: 8 }, { ...inHand, takes: 8 }], 1],
  ])('%s', (_, states, still) => {
    expect(stillAfter(states)).toBe(still)
  })
})

describe('the board', () => {
  test('shows the other side what is in hand', () => {
    const board = new HandBoard()
    const watcher = new HandBoard(board.memory)
    expect(watcher.read()).toEqual({ record: null, takes: 0, beats: 0 })
    board.take(board.place(record), 2 ** 40 + 1)
    board.beat()
    expect(watcher.read()).toEqual({ record: { ...record, offset: 2 ** 40 + 1 }, takes: 1, beats: 1 })
    board.leave()
    expect(watcher.read()).toEqual({ record: null, takes: 1, beats: 1 })
  })

  test('names many partitions, and of further ones none', () => {
    const board = new HandBoard()
    const places = Array.from({ length: 1_024 }, (_, partition) => board.place({ topic: 'é'.repeat(100), partition }))
    expect(new Set(places).size).toBe(1_024)
    expect(board.place({ topic: 'one more', partition: 0 })).toBeNull()
    board.take(places[1_023]!, 1)
    expect(board.read().record).toEqual({ topic: 'é'.repeat(100), partition: 1_023, offset: 1 })
    board.take(null, 5)
    expect(board.read().record).toBeNull()
  })
})

describe('a record that has ended threads', () => {
  test('is refused in every thread, and no other is', () => {
    const blames = new Blames()
    const hand = new WatchedHand({ hand: new HandBoard().memory, blames: blames.memory })
    hand.admit(record, record.offset)
    blames.add({ ...record, reason: 'timeout', deaths: 1 })
    blames.add({ ...record, offset: 13, reason: 'process', deaths: 3 })
    expect(() => hand.admit(record, 12)).toThrow(expect.objectContaining({ kind: 'reject', code: 'MR4103' }))
    expect(() => hand.admit(record, 13)).toThrow(expect.objectContaining({ kind: 'reject', code: 'MR4104' }))
    hand.admit(record, 14)
    hand.admit({ ...record, partition: 2 }, 12)
  })

  test('is forgotten, the oldest first, where there are too many', () => {
    const blames = new Blames()
    for (let offset = 0; offset < 1_000; offset++) blames.add({ ...record, offset, reason: 'timeout', deaths: 1 })
    expect(blames.find(record, 0)).toBeNull()
    expect(blames.find(record, 999)).toMatchObject({ offset: 999 })
  })
})

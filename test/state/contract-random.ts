/** Random operations on a store beside a plain map: undo, aborts, commits, reopening, scans while it is written to. */
import { describe, expect, test } from 'vitest'
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'
import { encodeRow } from '../../src/state/row-format.ts'
import type { RowOrder, Rows } from '../../src/state/rows.ts'
import type { StoreSpec } from '../../src/state/store.ts'
import { UndoLog } from '../../src/state/undo.ts'
import { type Line, type Subject, type SubjectKind, subjectKinds } from './random-subjects.ts'

const steps = 400

/** Rows that can be closed and found again; who keeps rows in memory only leaves `reopen` out. */
export interface RandomRows {
  open(): Rows
  reopen?(rows: Rows): Rows
}

type Model = Map<string, Line>

class World {
  readonly undo = new UndoLog()
  subject: Subject
  committed: Model = new Map()
  live: Model = new Map()
  /** The changelog, folded: rows by key, as they must be stored. */
  readonly log = new Map<string, string>()
  offset = 0
  position = -1
  rows: Rows
  readonly kind: SubjectKind
  readonly random: Random
  private readonly backend: RandomRows

  constructor(kind: SubjectKind, backend: RandomRows, random: Random) {
    this.kind = kind
    this.random = random
    this.backend = backend
    this.rows = backend.open()
    this.subject = kind.open(this.rows, this.undo)
  }

  get keys(): string[] {
    return [...this.live.keys()].sort()
  }

  write(): void {
    const key = this.kind.key(this.random)
    const time = randomInteger(this.random, 0, 1000)
    if (this.random.next() < 0.35) {
      this.subject.delete(key, time)
      this.live.delete(key)
      return
    }
    const value = this.random.next() < 0.5 ? time : { time }
    if (this.random.next() < 0.5) this.subject.put(key, value, time)
    else this.subject.update(key, value, time)
    this.live.set(key, { key, value, time })
  }

  /** Some writes of one record, taken back or not. */
  record(): void {
    const before = new Map(this.live)
    for (let count = randomInteger(this.random, 1, 4); count > 0; count--) this.write()
    if (this.random.next() < 0.3) {
      if (this.random.next() < 0.5) this.read()
      this.undo.undoTo(0)
      this.live = before
    }
    this.undo.forget()
  }

  flush(): [string, string | null][] {
    const written: [string, string | null][] = []
    this.subject.store.flush((key, value, time) => {
      const row = value === null ? null : encodeRow(value, time, 0).toString('hex')
      written.push([Buffer.from(key).toString('hex'), row])
    })
    return written
  }

  commit(): void {
    for (const [key, row] of this.flush()) {
      this.offset++
      if (row === null) this.log.delete(key)
      else this.log.set(key, row)
    }
    this.subject.store.commit(this.offset)
    this.position = this.offset
    this.committed = new Map(this.live)
    const stored = [...this.rows.scan(null, null)].map(({ key, bytes }) => [key.toString('hex'), bytes.toString('hex')])
    expect(stored).toEqual([...this.log].sort(([one], [other]) => (one < other ? -1 : 1)))
    expect(this.subject.store.position).toBe(this.offset)
  }

  abort(): void {
    if (this.random.next() < 0.5) this.flush()
    this.subject.store.abort()
    this.live = new Map(this.committed)
  }

  reopen(): void {
    if (this.backend.reopen === undefined) return
    // What is not committed is gone, flushed or not.
    if (this.random.next() < 0.5) this.flush()
    this.live = new Map(this.committed)
    this.rows = this.backend.reopen(this.rows)
    this.subject = this.kind.open(this.rows, this.undo)
    expect(this.subject.store.position).toBe(this.position)
  }

  read(): void {
    const key = this.kind.key(this.random)
    const row = this.subject.get(key)
    const { value, time } = this.live.get(key) ?? {}
    expect([row?.value, row?.time]).toEqual([value, time])
    expect(this.subject.first()).toEqual(this.subject.firstOf(this.keys))
  }

  scan(): void {
    const { from, to, order } = this.range()
    const seen = [...this.subject.scan(from, to, order)]
    expect(seen.map(({ key, value, time }) => ({ key, value, time }))).toEqual(this.within(from, to, order))
  }

  /** What is not touched meanwhile comes once, and all in order. */
  scanAndWrite(): void {
    const { from, to, order } = this.range()
    const before = this.within(from, to, order)
    const untouched = new Map(before.map((line) => [line.key, line]))
    const seen: string[] = []
    for (const { key } of this.subject.scan(from, to, order)) {
      seen.push(key)
      const model = new Map(this.live)
      if (this.random.next() < 0.6) this.write()
      if (this.random.next() < 0.3) {
        this.subject.delete(key, 0)
        this.live.delete(key)
      }
      for (const each of untouched.keys()) if (this.live.get(each) !== model.get(each)) untouched.delete(each)
    }
    expect(seen).toEqual(sorted(new Set(seen), order))
    const missed = [...untouched.keys()].filter((key) => !seen.includes(key))
    expect(missed).toEqual([])
    this.undo.forget()
  }

  private range(): { from: string | null; to: string | null; order: RowOrder } {
    const end = (): string | null => (this.random.next() < 0.4 ? null : this.kind.key(this.random))
    const { orders } = this.kind
    return { from: end(), to: end(), order: orders[randomInteger(this.random, 0, orders.length - 1)]! }
  }

  private within(from: string | null, to: string | null, order: RowOrder): Line[] {
    const keys = this.keys.filter((key) => (from === null || key >= from) && (to === null || key < to))
    return sorted(keys, order).map((key) => this.live.get(key)!)
  }
}

function sorted(keys: Iterable<string>, order: RowOrder): string[] {
  const ascending = [...keys].sort()
  return order === 'ascending' ? ascending : ascending.reverse()
}

/** How often each happens, of 100. */
const operations: readonly (readonly [number, (world: World) => void])[] = [
  [50, (world) => world.record()],
  [20, (world) => world.read()],
  [10, (world) => world.scan()],
  [5, (world) => world.scanAndWrite()],
  [8, (world) => world.commit()],
  [4, (world) => world.abort()],
  [3, (world) => world.reopen()],
]

export function testRandomly(what: string, seeds: number, backend: (kind: StoreSpec['kind']) => RandomRows): void {
  describe.each(subjectKinds.map((kind) => [kind.name, kind] as const))(`${what}, %s, at random`, (_name, kind) => {
    test.each(Array.from({ length: seeds }, (_, seed) => seed))('seed %i', (seed) => {
      const random = seededRandom(seed)
      const rows = backend(kind.name)
      const world = new World(kind, rows, random)
      for (let step = 0; step < steps; step++) {
        let dice = randomInteger(random, 0, 99)
        const [, act] = operations.find(([often]) => {
          dice -= often
          return dice < 0
        })!
        act(world)
      }
      world.subject.store.close()
    })
  })
}

/** The three kinds of store behind the same words, with row keys in hexadecimal: for random operations beside a model. */
import { type Random, randomInteger } from '../../src/random.ts'
import { bytes } from '../../src/serde/bytes.ts'
import { json } from '../../src/serde/json.ts'
import type { Serde } from '../../src/serde/serde.ts'
import { openStore } from '../../src/state/open.ts'
import { readTime, timeKey } from '../../src/state/row-key.ts'
import type { RowOrder, Rows } from '../../src/state/rows.ts'
import type { KeyValueStore, OrderedStore, Store, StoreSpec, WindowStore } from '../../src/state/store.ts'
import type { UndoLog } from '../../src/state/undo.ts'

export interface Line {
  readonly key: string
  readonly value: unknown
  readonly time: number
}

export interface Subject {
  readonly store: Store
  get(key: string): Omit<Line, 'key'> | undefined
  put(key: string, value: unknown, time: number): void
  /** As a fold writes its sums: where the kind has it, in place. */
  update(key: string, value: unknown, time: number): void
  delete(key: string, time: number): void
  scan(from: string | null, to: string | null, order: RowOrder): Iterable<Line>
  /** What the store says is first, as the model says it from the sorted keys. */
  first(): unknown
  firstOf(keys: readonly string[]): unknown
}

export interface SubjectKind {
  readonly name: StoreSpec['kind']
  readonly orders: readonly RowOrder[]
  key(random: Random): string
  open(rows: Rows, undo: UndoLog): Subject
}

const usual: StoreSpec = {
  kind: 'key-value',
  key: bytes as Serde<unknown>,
  value: json(),
  keepsDeleted: false,
  deleteRetention: Number.POSITIVE_INFINITY,
  indexTail: 0,
}
/** Few rows at hand, so that most reads go to what is committed. */
const cachedRows = 4
const tail = 8

/** Short, of bytes that are hard to order: prefixes of each other, nulls, and the largest. */
function hardKey(random: Random): string {
  const hard = ['00', '01', '7f', '80', 'ff']
  return Array.from({ length: randomInteger(random, 0, 3) }, () => hard[randomInteger(random, 0, 4)]).join('')
}

function timeIn(random: Random): string {
  return timeKey(10 * randomInteger(random, 0, 5)).toString('hex')
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex')
}

function bound(key: string | null): Buffer | null {
  return key === null ? null : Buffer.from(key, 'hex')
}

const keyValue: SubjectKind = {
  name: 'key-value',
  orders: ['ascending'],
  key: hardKey,
  open(rows, undo) {
    const store = openStore('rows', usual, rows, undo, { cachedRows }) as KeyValueStore
    return {
      store,
      get: (key) => store.get(bound(key)),
      put: (key, value, time) => store.put(bound(key), value, time),
      update: (key, value, time) => store.update(bound(key), value, time),
      delete: (key, time) => store.delete(bound(key), time),
      *scan(from, to) {
        for (const row of store.range(bound(from), bound(to))) yield { ...row, key: hex(row.key as Buffer) }
      },
      first: () => store.size,
      firstOf: (keys) => keys.length,
    }
  },
}

const window: SubjectKind = {
  name: 'window',
  orders: ['ascending'],
  key: (random) => timeIn(random) + hardKey(random),
  open(rows, undo) {
    const store = openStore('rows', { ...usual, kind: 'window' }, rows, undo, { cachedRows }) as WindowStore
    const parts = (key: string): [number, Buffer] => {
      const row = Buffer.from(key, 'hex')
      return [readTime(row, 0), row.subarray(tail)]
    }
    const lines = (): Line[] =>
      [...store.starts()].flatMap((start) =>
        store
          .rows(start)
          .map(({ key, value, time }) => ({ key: hex(timeKey(start)) + hex(key as Buffer), value, time })),
      )
    return {
      store,
      get: (key) => store.get(...parts(key)),
      put: (key, value, time) => store.put(...parts(key), value, time),
      update: (key, value, time) => store.update(...parts(key), value, time),
      delete: (key) => store.delete(...parts(key)),
      scan: (from, to) => lines().filter(({ key }) => (from === null || key >= from) && (to === null || key < to)),
      first: () => [store.size, store.firstStart, [...store.starts()]],
      firstOf(keys) {
        const starts = [...new Set(keys.map((key) => parts(key)[0]))]
        return [keys.length, starts[0] ?? Number.POSITIVE_INFINITY, starts]
      },
    }
  },
}

const ordered: SubjectKind = {
  name: 'ordered',
  orders: ['ascending', 'descending'],
  key: (random) => hardKey(random) + timeIn(random),
  open(rows, undo) {
    const spec: StoreSpec = { ...usual, kind: 'ordered', indexTail: tail }
    const store = openStore('rows', spec, rows, undo) as OrderedStore
    const indexOf = (key: string): string => key.slice(-2 * tail) + key.slice(0, -2 * tail)
    return {
      store,
      get: (key) => store.get(bound(key)!),
      put: (key, value, time) => store.put(bound(key)!, value, time),
      update: (key, value, time) => store.put(bound(key)!, value, time),
      delete: (key) => store.delete(bound(key)!),
      *scan(from, to, order) {
        for (const row of store.scan(bound(from), bound(to), order)) yield { ...row, key: hex(row.key) }
      },
      first() {
        const { firstIndex } = store
        const up = [...store.scanIndex(null, null)].map(({ key }) => indexOf(hex(key)))
        const down = [...store.scanIndex(null, null, 'descending')].map(({ key }) => indexOf(hex(key)))
        return [store.size, firstIndex === null ? null : hex(firstIndex), up, down.reverse()]
      },
      firstOf(keys) {
        const indexes = keys.map(indexOf).sort()
        return [keys.length, indexes[0] ?? null, indexes, indexes]
      },
    }
  },
}

export const subjectKinds: readonly SubjectKind[] = [keyValue, window, ordered]

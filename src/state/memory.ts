/** A table in memory: one row per key. */
import { compareTokens } from './key-order.ts'
import { Cell, Segment, type Slot } from './slot.ts'
import { SlotStore, type StoreOptions } from './slots.ts'
import type { KeyValueStore, Row } from './store.ts'

/**
 * An empty key-value store. Keys with equal bytes are one key.
 * @example const store = createKeyValueStore('totals', { key: text, value: number, undo })
 */
export function createKeyValueStore(name: string, options: StoreOptions): KeyValueStore {
  return new MemoryKeyValueStore(name, options)
}

class MemoryKeyValueStore extends SlotStore implements KeyValueStore {
  readonly kind = 'key-value'
  /** An update older than a deletion must not bring the row back. */
  protected readonly keepsDeleted = true
  private readonly all = new Segment(0)

  get(key: unknown): Row | undefined {
    const slot = this.all.slots.get(this.tokens.token(key))
    return slot === undefined ? undefined : this.rowOf(slot)
  }

  timeOf(key: unknown): number {
    return this.all.slots.get(this.tokens.token(key))?.current?.time ?? -1
  }

  put(key: unknown, value: unknown, time: number): void {
    this.write(this.slot(key), new Cell(key, value, time, 'plain'))
  }

  delete(key: unknown, time: number): void {
    this.write(this.slot(key), new Cell(key, null, time, 'deleted'))
  }

  *rows(): Iterable<Row> {
    const slots = [...this.all.slots.values()].sort((one, other) => compareTokens(one.token, other.token))
    for (const slot of slots) {
      const row = this.rowOf(slot)
      if (row !== undefined) yield row
    }
  }

  /** Rows may come in any order of time (a table's own topic): the latest by event time stays. */
  restore(keyBytes: Buffer, value: Buffer | null, time: number): void {
    const key = this.keySerde.decode(keyBytes, 0, keyBytes.length)
    const slot = this.slot(key)
    if (slot.committed !== null && time < slot.committed.time) return
    this.restoreCell(slot, value === null ? new Cell(key, null, time, 'deleted') : encodedCell(key, value, time))
  }

  protected changelogKey(slot: Slot): Buffer {
    return this.tokens.bytes(slot.token)
  }

  protected segmentShown(): void {}
  protected segmentHidden(): void {}
  protected dropped(): void {}

  private slot(key: unknown): Slot {
    return this.all.slot(this.tokens.token(key))
  }
}

/** The bytes belong to a network buffer: they are copied. */
function encodedCell(key: unknown, value: Buffer, time: number): Cell {
  return new Cell(key, new Uint8Array(value), time, 'encoded')
}

/** Windowed rows in memory: one row per window start and key. */
import { compareTokens } from './key-order.ts'
import { Cell, isVisible, Segment, type Slot } from './slot.ts'
import { SlotStore, type StoreOptions } from './slots.ts'
import type { Row, WindowStore } from './store.ts'
import { splitWindowKey, windowKey } from './window-key.ts'

/**
 * An empty window store. Keys with equal bytes are one key.
 * @example const store = createWindowStore('per-minute', { key: text, value: number, undo })
 */
export function createWindowStore(name: string, options: StoreOptions): WindowStore {
  return new MemoryWindowStore(name, options)
}

class MemoryWindowStore extends SlotStore implements WindowStore {
  readonly kind = 'window'
  protected readonly keepsDeleted = false
  private readonly segments = new Map<number, Segment>()
  /** Starts that have visible rows, ascending. */
  private readonly starts: number[] = []
  /** The slot last found: a fold reads and then writes the same one. */
  private foundStart = -1
  private foundKey: unknown = undefined
  private found: Slot | null = null

  get firstStart(): number {
    return this.starts.length === 0 ? Number.POSITIVE_INFINITY : this.starts[0]!
  }

  get(start: number, key: unknown): Row | undefined {
    const slot = this.segments.get(start)?.slots.get(this.tokens.token(key))
    if (slot === undefined) return undefined
    this.remember(start, key, slot)
    return this.rowOf(slot)
  }

  put(start: number, key: unknown, value: unknown, time: number): void {
    const isFound = this.found !== null && this.foundStart === start && this.foundKey === key
    this.write(isFound ? this.found! : this.slot(start, key), new Cell(key, value, time, 'plain'))
  }

  delete(start: number, key: unknown): void {
    const slot = this.segments.get(start)?.slots.get(this.tokens.token(key))
    if (slot === undefined || !isVisible(slot.current)) return
    this.write(slot, new Cell(key, null, slot.current!.time, 'deleted'))
  }

  rows(start: number): Row[] {
    const slots = [...(this.segments.get(start)?.slots.values() ?? [])].filter((slot) => isVisible(slot.current))
    slots.sort((one, other) => compareTokens(one.token, other.token))
    return slots.map((slot) => this.rowOf(slot)!)
  }

  restore(changelogKey: Buffer, value: Buffer | null, time: number): void {
    const { keyLength, start } = splitWindowKey(changelogKey)
    const key = this.keySerde.decode(changelogKey, 0, keyLength)
    const cell =
      value === null ? new Cell(key, null, time, 'deleted') : new Cell(key, new Uint8Array(value), time, 'encoded')
    this.restoreCell(this.slot(start, key), cell)
  }

  protected changelogKey(slot: Slot): Buffer {
    return windowKey(this.tokens.bytes(slot.token), slot.segment.start)
  }

  protected segmentShown({ start }: Segment): void {
    const at = this.placeOf(start)
    if (at === this.starts.length) this.starts.push(start)
    else this.starts.splice(at, 0, start)
  }

  protected segmentHidden({ start }: Segment): void {
    const at = this.placeOf(start)
    if (at === 0) this.starts.shift()
    else this.starts.splice(at, 1)
  }

  protected dropped({ segment }: Slot): void {
    this.found = null
    if (segment.slots.size === 0 && this.segments.get(segment.start) === segment) this.segments.delete(segment.start)
  }

  private remember(start: number, key: unknown, slot: Slot): void {
    this.foundStart = start
    this.foundKey = key
    this.found = slot
  }

  private slot(start: number, key: unknown): Slot {
    const token = this.tokens.token(key)
    const found = this.segments.get(start)
    if (found !== undefined) return found.slot(token)
    const made = new Segment(start)
    this.segments.set(start, made)
    return made.slot(token)
  }

  /** Where a start stands in `starts`, or would stand. Most are asked for at the end. */
  private placeOf(start: number): number {
    const { starts } = this
    let low = 0
    let high = starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (starts[middle]! < start) low = middle + 1
      else high = middle
    }
    return low
  }
}

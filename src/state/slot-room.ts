/** Which slots stay at hand between transactions. */
import type { Segment, Slot } from './slot.ts'

/** Counts what is at hand, and says when that is too much. */
export class SlotRoom {
  /** So many slots may stay between transactions. */
  private readonly rows: number
  private held = 0
  /** Those that came since room was made last. */
  private opened = 0
  /** So many are reason to let some go within a transaction. Rises with those that must stay: they are not walked for each new one. */
  private most: number

  constructor(rows: number) {
    this.rows = rows
    this.most = 2 * rows
  }

  get isFull(): boolean {
    return this.held >= this.most
  }

  /** More than may stay. */
  get isOverdrawn(): boolean {
    return this.held > this.rows
  }

  /** More have come since room was made than may stay: all of them were used, and no walk is needed to know that. */
  get isNew(): boolean {
    return this.opened > this.rows
  }

  take(): void {
    this.held++
    this.opened++
  }

  giveBack(): void {
    this.held--
    this.opened--
  }

  /** So many are left. */
  made(held: number): void {
    this.held = held
    this.opened = 0
    this.settle()
  }

  /** A transaction is through: what had to stay for it is no reason to keep as much in the next. */
  settle(): void {
    this.most = 2 * Math.max(this.held, this.rows)
  }
}

/** True for a slot that was asked for since room was made last. */
export function wasUsed({ used }: Slot): boolean {
  return used
}

/** Lets go of what no transaction needs and `keeps` does not want; null wants none. */
export function thinSlots(segment: Segment, keeps: ((slot: Slot) => boolean) | null): void {
  const kept: Slot[] = []
  for (const slot of segment.slots.values()) {
    if (slot.listed || slot.flushed !== null || keeps?.(slot)) kept.push(slot)
    else if (slot.committed !== null) segment.isWhole = false
  }
  if (kept.length < segment.slots.size) keepOnly(segment, kept)
  for (const slot of kept) slot.used = false
}

/** Where most go, a new map of the others is cheaper than taking them out one by one, and as small as they are. */
function keepOnly(segment: Segment, kept: readonly Slot[]): void {
  segment.slots.clear()
  for (const slot of kept) segment.slots.set(slot.token, slot)
}

/** Lets go of all at once, which costs next to nothing: only while no transaction needs any. */
export function dropSlots(segment: Segment): void {
  if (segment.slots.size > 0) segment.isWhole = false
  segment.slots.clear()
}

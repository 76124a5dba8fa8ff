/** Which slots stay at hand between transactions. */
import type { Segment, Slot } from './slot.ts'

/** True for a slot that was asked for since room was made last. */
export function wasUsed({ used }: Slot): boolean {
  return used
}

/** Lets go of what no transaction needs and `keeps` does not want; null wants none. */
export function thinSlots(segment: Segment, keeps: ((slot: Slot) => boolean) | null): void {
  const { slots } = segment
  for (const slot of slots.values()) {
    if (slot.listed || slot.flushed !== null || keeps?.(slot)) slot.used = false
    else {
      slots.delete(slot.token)
      if (slot.committed !== null) segment.isWhole = false
    }
  }
}

/** Lets go of all at once, which costs next to nothing: only while no transaction needs any. */
export function dropSlots(segment: Segment): void {
  if (segment.slots.size > 0) segment.isWhole = false
  segment.slots.clear()
}

/**
 * Segments in memory: batches are copied once, when they are produced, into arenas, and handed out as slices of them.
 * No place of an arena is written twice, so a slice stays valid for as long as somebody holds it.
 */
import type { FoundSegment, PartitionStorage, SegmentBytes } from './segment-bytes.ts'

/** A small topic takes little memory, a large one is held in few pieces. */
const smallestArena = 16 * 1024
const largestArena = 8 * 1024 * 1024

interface Arena {
  readonly bytes: Buffer
  /** Position in the segment of the arena's first byte. */
  readonly from: number
  used: number
  /** Takes no more: what lay behind `used` was given out before it was cut off. */
  isSealed: boolean
}

export class MemorySegment implements SegmentBytes {
  #arenas: Arena[] = []
  #size = 0

  get sizeInBytes(): number {
    return this.#size
  }

  /** Bytes of memory taken, used or not. */
  get heldBytes(): number {
    return this.#arenas.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  append(bytes: Buffer, start: number, end: number): void {
    const arena = this.#arenaFor(end - start)
    bytes.copy(arena.bytes, arena.used, start, end)
    arena.used += end - start
    this.#size += end - start
  }

  read(start: number, end: number): Buffer[] {
    const parts: Buffer[] = []
    for (const { bytes, from, used } of this.#arenas) {
      if (from >= end) break
      if (from + used > start) parts.push(bytes.subarray(Math.max(0, start - from), Math.min(used, end - from)))
    }
    return parts
  }

  truncate(size: number): void {
    this.#arenas = this.#arenas.filter(({ from }) => from < size)
    const last = this.#arenas.at(-1)
    if (last !== undefined) {
      last.used = Math.min(last.used, size - last.from)
      last.isSealed = true
    }
    this.#size = size
  }

  release(position: number): void {
    const last = this.#arenas.at(-1)
    this.#arenas = this.#arenas.filter((arena) => arena === last || arena.from + arena.used > position)
  }

  sync(): void {}

  #arenaFor(size: number): Arena {
    const last = this.#arenas.at(-1)
    if (last !== undefined && !last.isSealed && last.bytes.length - last.used >= size) return last
    const capacity = Math.min(largestArena, last === undefined ? smallestArena : last.bytes.length * 2)
    const bytes = Buffer.allocUnsafeSlow(Math.max(capacity, size))
    const arena = { bytes, from: this.#size, used: 0, isSealed: false }
    this.#arenas.push(arena)
    return arena
  }
}

/** Nothing to open, nothing to remove: what nobody holds is gone. */
export class MemoryStorage implements PartitionStorage {
  open(): FoundSegment[] {
    return []
  }
  create(): MemorySegment {
    return new MemorySegment()
  }
  createReplacement(): MemorySegment {
    return new MemorySegment()
  }
  swap(): void {}
  remove(): void {}
  removeAll(): void {}
}

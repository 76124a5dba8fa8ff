/** Where each batch of a segment is, and what a search asks of it, so that finding one reads nothing. */
import type { RecordBatch } from '../../wire/batch.ts'
import { firstAbove } from './search.ts'

const smallest = 8

export class BatchIndex {
  #count = 0
  #baseOffsets: Float64Array = new Float64Array(0)
  #lastOffsets: Float64Array = new Float64Array(0)
  #maximumTimestamps: Float64Array = new Float64Array(0)
  #positions: Uint32Array = new Uint32Array(0)

  get count(): number {
    return this.#count
  }

  /** Notes a batch that begins at `position`; its offsets must be above all others. */
  add(batch: RecordBatch, position: number): void {
    const at = this.#count
    if (at === this.#positions.length) this.#grow()
    this.#baseOffsets[at] = batch.baseOffset
    this.#lastOffsets[at] = batch.lastOffset
    this.#maximumTimestamps[at] = batch.maxTimestamp
    this.#positions[at] = position
    this.#count++
  }

  baseOffset(index: number): number {
    return this.#baseOffsets[index]!
  }

  lastOffset(index: number): number {
    return this.#lastOffsets[index]!
  }

  maximumTimestamp(index: number): number {
    return this.#maximumTimestamps[index]!
  }

  position(index: number): number {
    return this.#positions[index]!
  }

  /** Index of the first batch that ends at or above `offset`; the count when none does. */
  find(offset: number): number {
    return firstAbove(this.#count, (index) => this.#lastOffsets[index]!, offset - 1)
  }

  /** Index of the first batch that begins at or above `offset`; the count when none does. */
  firstFrom(offset: number): number {
    return firstAbove(this.#count, (index) => this.#baseOffsets[index]!, offset - 1)
  }

  /** Forgets all but the first `count`. */
  cut(count: number): void {
    this.#count = Math.min(this.#count, count)
  }

  #grow(): void {
    const capacity = Math.max(smallest, this.#count * 2)
    this.#baseOffsets = copied(this.#baseOffsets, new Float64Array(capacity))
    this.#lastOffsets = copied(this.#lastOffsets, new Float64Array(capacity))
    this.#maximumTimestamps = copied(this.#maximumTimestamps, new Float64Array(capacity))
    this.#positions = copied(this.#positions, new Uint32Array(capacity))
  }
}

function copied<Numbers extends Float64Array | Uint32Array>(from: Numbers, into: Numbers): Numbers {
  into.set(from)
  return into
}

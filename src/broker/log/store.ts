/**
 * Batches in memory: copied once, when they are produced, into large chunks, and handed out as slices of them.
 * A chunk is never written twice in the same place, so a slice stays valid for as long as somebody holds it.
 */
import { RecordBatch } from '../../wire/batch.ts'
import { firstAbove, lastAtMost } from './search.ts'

const smallestChunk = 16 * 1024
const largestChunk = 8 * 1024 * 1024

interface Chunk {
  readonly bytes: Buffer
  used: number
  /** Base offset and position of each batch, in order. */
  readonly offsets: number[]
  readonly positions: number[]
  maximumTimestamp: number
}

/** Part of a log, whole batches only. */
export interface Slices {
  readonly parts: Buffer[]
  readonly sizeInBytes: number
  /** Offset behind the last batch given; the offset asked for when there is none. */
  readonly nextOffset: number
}

export interface ReadLimits {
  /** Batches that begin at or above this offset are not given. */
  readonly below: number
  readonly maximumBytes: number
  /** Gives the first batch even when it is larger than `maximumBytes`, so that a reader gets on. */
  readonly atLeastOne: boolean
}

export class BatchStore {
  #chunks: Chunk[] = []

  /** Copies the batch behind the others and returns the copy. Its offset must be above all others. */
  append(batch: RecordBatch, baseOffset: number): RecordBatch {
    const size = batch.sizeInBytes
    const chunk = this.#chunkFor(size)
    const start = chunk.used
    batch.bytes.copy(chunk.bytes, start, batch.start, batch.end)
    chunk.used += size
    chunk.offsets.push(baseOffset)
    chunk.positions.push(start)
    chunk.maximumTimestamp = Math.max(chunk.maximumTimestamp, batch.maxTimestamp)
    return new RecordBatch(chunk.bytes, start, chunk.used)
  }

  /** The batches from the one that holds `offset` on; after compaction, from the next one there is. */
  read(offset: number, { below, maximumBytes, atLeastOne }: ReadLimits): Slices {
    const parts: Buffer[] = []
    let left = maximumBytes
    let nextOffset = offset
    let { chunkIndex, batchIndex } = this.#locate(offset)
    for (; chunkIndex < this.#chunks.length; chunkIndex++, batchIndex = 0) {
      const chunk = this.#chunks[chunkIndex]!
      const end = endOfRead(chunk, batchIndex, below, left, atLeastOne && parts.length === 0)
      if (end > batchIndex) {
        const slice = chunk.bytes.subarray(chunk.positions[batchIndex]!, endPosition(chunk, end - 1))
        parts.push(slice)
        left -= slice.length
        nextOffset = batchAt(chunk, end - 1).nextOffset
      }
      if (end < chunk.offsets.length) break
    }
    return { parts, sizeInBytes: maximumBytes - left, nextOffset }
  }

  /** The batches that end at or above `offset`, in order. */
  *batches(offset: number): Generator<RecordBatch> {
    let { chunkIndex, batchIndex } = this.#locate(offset)
    for (; chunkIndex < this.#chunks.length; chunkIndex++, batchIndex = 0) {
      const chunk = this.#chunks[chunkIndex]!
      for (; batchIndex < chunk.offsets.length; batchIndex++) yield batchAt(chunk, batchIndex)
    }
  }

  /** Like `batches`, leaving out chunks that hold no timestamp of `time` or later. */
  *batchesSince(time: number, offset: number): Generator<RecordBatch> {
    let { chunkIndex, batchIndex } = this.#locate(offset)
    for (; chunkIndex < this.#chunks.length; chunkIndex++, batchIndex = 0) {
      const chunk = this.#chunks[chunkIndex]!
      if (chunk.maximumTimestamp < time) continue
      for (; batchIndex < chunk.offsets.length; batchIndex++) {
        const batch = batchAt(chunk, batchIndex)
        if (batch.maxTimestamp >= time) yield batch
      }
    }
  }

  /** Frees the chunks that hold nothing at or above `offset`. */
  dropBelow(offset: number): void {
    const { chunkIndex } = this.#locate(offset)
    if (chunkIndex > 0) this.#chunks = this.#chunks.slice(chunkIndex)
  }

  /** Holds these batches instead. Readers of the old ones keep them. */
  replace(batches: readonly RecordBatch[]): void {
    this.#chunks = []
    for (const batch of batches) this.append(batch, batch.baseOffset)
  }

  #locate(offset: number): { chunkIndex: number; batchIndex: number } {
    const chunkIndex = Math.max(
      0,
      lastAtMost(this.#chunks.length, (index) => this.#chunks[index]!.offsets[0]!, offset),
    )
    const chunk = this.#chunks[chunkIndex]
    if (chunk === undefined) return { chunkIndex, batchIndex: 0 }
    const batchIndex = Math.max(
      0,
      lastAtMost(chunk.offsets.length, (index) => chunk.offsets[index]!, offset),
    )
    if (batchAt(chunk, batchIndex).lastOffset >= offset) return { chunkIndex, batchIndex }
    // The offset is in a gap that compaction left, or at the end.
    return batchIndex + 1 < chunk.offsets.length
      ? { chunkIndex, batchIndex: batchIndex + 1 }
      : { chunkIndex: chunkIndex + 1, batchIndex: 0 }
  }

  #chunkFor(size: number): Chunk {
    const last = this.#chunks.at(-1)
    if (last !== undefined && last.bytes.length - last.used >= size) return last
    // A small topic takes little memory, a large one is held in few pieces.
    const capacity = Math.min(largestChunk, last === undefined ? smallestChunk : last.bytes.length * 2)
    const chunk: Chunk = {
      bytes: Buffer.allocUnsafeSlow(Math.max(capacity, size)),
      used: 0,
      offsets: [],
      positions: [],
      maximumTimestamp: -1,
    }
    this.#chunks.push(chunk)
    return chunk
  }
}

function batchAt(chunk: Chunk, index: number): RecordBatch {
  return new RecordBatch(chunk.bytes, chunk.positions[index]!, endPosition(chunk, index))
}

function endPosition(chunk: Chunk, index: number): number {
  return chunk.positions[index + 1] ?? chunk.used
}

/** Index behind the last batch of the chunk that may be given. */
function endOfRead(chunk: Chunk, from: number, below: number, maximumBytes: number, atLeastOne: boolean): number {
  const count = chunk.offsets.length
  const permitted = firstAbove(count, (index) => chunk.offsets[index]!, below - 1)
  const limit = chunk.positions[from]! + maximumBytes
  const fitting = firstAbove(count, (index) => endPosition(chunk, index), limit)
  const end = Math.min(permitted, fitting)
  return atLeastOne && end <= from && permitted > from ? from + 1 : end
}

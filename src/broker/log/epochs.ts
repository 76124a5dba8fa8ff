/** Which leader epoch begins where, for readers that ask whether what they have is what was written (KIP-101, KIP-320). */
import { lastAtMost } from './search.ts'

interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

export interface EndOfEpoch {
  /** -1 where nothing is known. */
  readonly epoch: number
  readonly endOffset: number
}

const unknown: EndOfEpoch = { epoch: -1, endOffset: -1 }

export class Epochs {
  /** Epochs and offsets rise. */
  #starts: EpochStart[] = []

  /** Notes that `epoch` begins at `startOffset`, unless it has begun before. */
  assign(epoch: number, startOffset: number): void {
    const last = this.#starts.at(-1)
    if (epoch < 0 || (last !== undefined && epoch <= last.epoch)) return
    // An epoch in which nothing was written is replaced by the next.
    this.#starts = this.#starts.filter((start) => start.startOffset < startOffset)
    this.#starts.push({ epoch, startOffset })
  }

  get latest(): number {
    return this.#starts.at(-1)?.epoch ?? -1
  }

  /** The epoch under which `offset` was written; -1 where that is not known. */
  epochAt(offset: number): number {
    return this.#floor(offset, ({ startOffset }) => startOffset)?.epoch ?? -1
  }

  /** Where the largest epoch at most `epoch` ends. `endOffset` is the end of the log. */
  endOf(epoch: number, endOffset: number): EndOfEpoch {
    if (epoch < 0) return unknown
    if (epoch === this.latest) return { epoch, endOffset }
    const higher = this.#starts.find((start) => start.epoch > epoch)
    if (higher === undefined) return unknown
    const floor = this.#floor(epoch, (start) => start.epoch)
    return { epoch: floor?.epoch ?? epoch, endOffset: higher.startOffset }
  }

  /** Forgets the epochs that begin at or above `offset`. */
  truncate(offset: number): void {
    this.#starts = this.#starts.filter(({ startOffset }) => startOffset < offset)
  }

  /** Forgets epochs that end at or below `offset`; the one that reaches over it begins there. */
  dropBelow(offset: number): void {
    const over = this.#floor(offset, ({ startOffset }) => startOffset)
    if (over === undefined) return
    const above = this.#starts.filter(({ startOffset }) => startOffset > offset)
    this.#starts = [{ epoch: over.epoch, startOffset: Math.max(over.startOffset, offset) }, ...above]
  }

  #floor(limit: number, value: (start: EpochStart) => number): EpochStart | undefined {
    return this.#starts[lastAtMost(this.#starts.length, (index) => value(this.#starts[index]!), limit)]
  }
}

/** The aborted transactions of a partition, in the order in which their markers were written. */
import { firstAbove } from './search.ts'

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Offset of the abort marker. */
  readonly lastOffset: number
}

export class AbortedIndex {
  #entries: AbortedTransaction[] = []

  add(transaction: AbortedTransaction): void {
    this.#entries.push(transaction)
  }

  /** Those that touch offsets from `offset` up to, not including, `below`. */
  within(offset: number, below: number): AbortedTransaction[] {
    const first = firstAbove(this.#entries.length, (index) => this.#entries[index]!.lastOffset, offset - 1)
    return this.#entries.slice(first).filter((entry) => entry.firstOffset < below)
  }

  dropBelow(offset: number): void {
    if (this.#entries.length === 0) return
    this.#entries = this.#entries.filter((entry) => entry.lastOffset >= offset)
  }

  /** Keeps of those whose marker lies below `end` only the given, which still have records. */
  retain(kept: readonly AbortedTransaction[], end: number): void {
    const offsets = new Set(kept.map(({ lastOffset }) => lastOffset))
    this.#entries = this.#entries.filter(({ lastOffset }) => lastOffset >= end || offsets.has(lastOffset))
  }
}

/** Follows the transactions of a log from its first batch on: what was aborted, and which markers still have records. */
import type { RecordBatch } from '../../../wire/batch.ts'
import type { AbortedTransaction } from '../aborted.ts'

export class CleanedTransactions {
  /** Not yet reached, by first offset. */
  readonly #aborted: AbortedTransaction[]
  readonly #ongoing: Map<number, { readonly transaction: AbortedTransaction; hasBatches: boolean }> = new Map()
  /** Producers that are within a transaction which commits. */
  readonly #committing: Set<number> = new Set()
  /** Aborted transactions of which a batch was met before the marker. */
  readonly remaining: AbortedTransaction[] = []

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#aborted = [...aborted].sort((one, other) => one.firstOffset - other.firstOffset)
  }

  /** Whether the batch is of no more use: data that was aborted, or a marker whose transaction has no batches left. */
  isDone(batch: RecordBatch): boolean {
    while (this.#aborted.length > 0 && this.#aborted[0]!.firstOffset <= batch.lastOffset) {
      const transaction = this.#aborted.shift()!
      this.#ongoing.set(transaction.producerId, { transaction, hasBatches: false })
    }
    return batch.isControl ? this.#isDoneMarker(batch) : this.#isAborted(batch)
  }

  #isDoneMarker(batch: RecordBatch): boolean {
    // A marker that is empty says nothing any more.
    if (batch.recordCount === 0) return true
    const { producerId } = batch
    if (batch.controlType() === 'commit') return !this.#committing.delete(producerId)
    const ongoing = this.#ongoing.get(producerId)
    this.#ongoing.delete(producerId)
    if (!ongoing?.hasBatches) return true
    this.remaining.push(ongoing.transaction)
    return false
  }

  #isAborted(batch: RecordBatch): boolean {
    if (!batch.isTransactional) return false
    const ongoing = this.#ongoing.get(batch.producerId)
    if (ongoing !== undefined) ongoing.hasBatches = true
    else this.#committing.add(batch.producerId)
    return ongoing !== undefined
  }
}

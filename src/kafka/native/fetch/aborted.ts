/** Leaves committed data only: drops the batches of aborted transactions and every control batch. */
import type { RecordBatch } from '../../../wire/batch.ts'

/** One entry of a Fetch reply: from `firstOffset` on, this producer's data is aborted, up to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/**
 * The batches a read_committed reader may see. Brokers list aborted transactions in the order of their abort
 * *markers*; what decides where each one starts is its first offset, hence the sort.
 * Source of the rule: KIP-98, and `CompletedFetch` of the Java client.
 */
export function committedOnly(batches: readonly RecordBatch[], aborted: readonly AbortedTransaction[]): RecordBatch[] {
  const pending = [...aborted].sort((left, right) => left.firstOffset - right.firstOffset)
  const aborting = new Set<number>()
  const committed: RecordBatch[] = []
  let next = 0
  for (const batch of batches) {
    for (; next < pending.length && pending[next]!.firstOffset <= batch.lastOffset; next++) {
      aborting.add(pending[next]!.producerId)
    }
    if (batch.isControl) {
      if (aborting.has(batch.producerId) && batch.controlType() === 'abort') aborting.delete(batch.producerId)
    } else if (!batch.isTransactional || !aborting.has(batch.producerId)) {
      committed.push(batch)
    }
  }
  return committed
}

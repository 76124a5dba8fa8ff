/**
 * The first batches of transactions, while their coordinator is asked or after it has refused (KIP-890): what was tried
 * with the lowest sequence is what has to come first.
 */
import type { RecordBatch } from '../../wire/batch.ts'

interface FirstWrite {
  producerEpoch: number
  lowestSequence: number
  /** Whether writing makes the partition part of the transaction (protocol 2). */
  readonly enrols: boolean
  readonly since: number
}

export class FirstWrites {
  readonly #expected: Map<number, FirstWrite> = new Map()

  expect({ producerId, producerEpoch, baseSequence }: RecordBatch, enrols: boolean, now: number): void {
    const known = this.#expected.get(producerId)
    if (known === undefined) {
      this.#expected.set(producerId, { producerEpoch, lowestSequence: baseSequence, enrols, since: now })
    } else if (producerEpoch > known.producerEpoch) {
      known.producerEpoch = producerEpoch
      known.lowestSequence = baseSequence
    } else if (producerEpoch === known.producerEpoch) {
      known.lowestSequence = Math.min(known.lowestSequence, baseSequence)
    }
  }

  /** Whether the batch may be written before all that was expected. `isFirst`: nothing is known of its producer. */
  lets({ producerId, baseSequence }: RecordBatch, isFirst: boolean): boolean {
    const known = this.#expected.get(producerId)
    if (known === undefined) return true
    return baseSequence <= known.lowestSequence && !(known.enrols && isFirst && baseSequence !== 0)
  }

  /** The transaction has its first record, or is over. */
  forget(producerId: number): void {
    this.#expected.delete(producerId)
  }

  /** Whoever was refused and has not come back is forgotten with the time. */
  dropBefore(time: number): void {
    for (const [producerId, { since }] of this.#expected) if (since <= time) this.#expected.delete(producerId)
  }
}

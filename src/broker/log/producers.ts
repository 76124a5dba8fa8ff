/**
 * What a partition knows of its producers: sequences, against duplicates and gaps (KIP-98), and open transactions.
 * A producer nobody has seen may start anywhere: its past may have been deleted. None is forgotten here; Kafka forgets
 * one that has not written for a day.
 */
import type { RecordBatch } from '../../wire/batch.ts'
import { errorCode } from '../../wire/errors.ts'

/** Batches remembered a producer, as many as a client may have in flight. */
const remembered = 5
const highestSequence = 0x7fffffff

interface WrittenBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly offset: number
  readonly appendTime: number
}

interface Producer {
  epoch: number
  /** Latest last. Those of an earlier epoch are forgotten. */
  written: WrittenBatch[]
}

export type SequenceCheck =
  | { readonly kind: 'next' }
  | { readonly kind: 'duplicate'; readonly offset: number; readonly appendTime: number }
  | { readonly kind: 'refused'; readonly errorCode: number }

const next: SequenceCheck = { kind: 'next' }

export class Producers {
  readonly #producers: Map<number, Producer> = new Map()
  /** First offset of each open transaction by producer id. Offsets rise, so the oldest transaction comes first. */
  readonly #open: Map<number, number> = new Map()

  /** Whether the batch continues what its producer wrote; batches of producers that are not idempotent always do. */
  check(batch: RecordBatch): SequenceCheck {
    if (batch.producerId < 0) return next
    const producer = this.#producers.get(batch.producerId)
    if (producer === undefined) return next
    if (batch.producerEpoch < producer.epoch) return refused(errorCode.INVALID_PRODUCER_EPOCH)
    if (batch.producerEpoch > producer.epoch) {
      return batch.baseSequence === 0 ? next : refused(errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    }
    const lastSequence = lastSequenceOf(batch)
    const same = producer.written.find((w) => w.firstSequence === batch.baseSequence && w.lastSequence === lastSequence)
    if (same !== undefined) return { kind: 'duplicate', offset: same.offset, appendTime: same.appendTime }
    const expected = following(producer.written.at(-1)?.lastSequence ?? -1)
    return batch.baseSequence === expected ? next : refused(errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
  }

  /** Remembers a batch that was written at `offset`. */
  record(batch: RecordBatch, offset: number, appendTime: number): void {
    if (batch.producerId < 0) return
    const producer = this.#producerOf(batch.producerId, batch.producerEpoch)
    const firstSequence = batch.baseSequence
    producer.written.push({ firstSequence, lastSequence: lastSequenceOf(batch), offset, appendTime })
    if (producer.written.length > remembered) producer.written.shift()
    if (batch.isTransactional && !this.#open.has(batch.producerId)) this.#open.set(batch.producerId, offset)
  }

  /** Begins the producer's transaction at `offset`, unless it has begun here: for records without sequences. */
  open(producerId: number, epoch: number, offset: number): void {
    this.#producerOf(producerId, epoch)
    if (!this.#open.has(producerId)) this.#open.set(producerId, offset)
  }

  /**
   * Ends the producer's transaction by a marker of `epoch`, which from then on is the lowest epoch accepted.
   * Returns the transaction's first offset, or -1 when it wrote nothing here.
   */
  end(producerId: number, epoch: number): number {
    this.#producerOf(producerId, epoch)
    const firstOffset = this.#open.get(producerId) ?? -1
    this.#open.delete(producerId)
    return firstOffset
  }

  hasOpenTransaction(producerId: number, epoch: number): boolean {
    return this.#open.has(producerId) && this.#producers.get(producerId)?.epoch === epoch
  }

  /** First offset of the oldest open transaction: nothing from there on is stable. */
  get oldestOpenOffset(): number | undefined {
    return this.#open.values().next().value
  }

  /** Whether this is the last batch of its producer, which compaction keeps, if need be empty. */
  isLastOfProducer(batch: RecordBatch): boolean {
    return this.#producers.get(batch.producerId)?.written.at(-1)?.offset === batch.baseOffset
  }

  #producerOf(producerId: number, epoch: number): Producer {
    let producer = this.#producers.get(producerId)
    if (producer === undefined) {
      producer = { epoch, written: [] }
      this.#producers.set(producerId, producer)
    } else if (producer.epoch !== epoch) {
      producer.epoch = epoch
      producer.written = []
    }
    return producer
  }
}

function refused(code: number): SequenceCheck {
  return { kind: 'refused', errorCode: code }
}

function lastSequenceOf(batch: RecordBatch): number {
  return addSequence(batch.baseSequence, batch.lastOffsetDelta)
}

function following(sequence: number): number {
  return addSequence(sequence, 1)
}

/** After the highest sequence comes 0. */
function addSequence(sequence: number, count: number): number {
  return sequence > highestSequence - count ? count - (highestSequence - sequence) - 1 : sequence + count
}

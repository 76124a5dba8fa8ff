/**
 * What a partition knows of its producers: sequences, against duplicates and gaps (KIP-98), and open transactions.
 * A producer nobody has seen may start anywhere: its past may have been deleted.
 */
import type { RecordBatch } from '../../wire/batch.ts'
import { errorCode } from '../../wire/errors.ts'
import { FirstWrites } from './first-writes.ts'
import { following, lastSequenceOf } from './sequences.ts'

/** Batches remembered a producer, as many as a client may have in flight. */
const remembered = 5
const noEpoch = -1

interface WrittenBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly offset: number
  readonly lastOffset: number
  readonly appendTime: number
}

interface Producer {
  epoch: number
  /** Latest last. Those of an earlier epoch are forgotten. */
  written: WrittenBatch[]
  /** Time of its last record or marker. */
  lastTimestamp: number
  /** Epoch of the coordinator that wrote its last marker; -1 without one. */
  coordinatorEpoch: number
}

/** A producer as DescribeProducers tells of it; -1 where there is nothing to tell. */
export interface ProducerDescription {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly coordinatorEpoch: number
  readonly currentTransactionStartOffset: number
}

export type SequenceCheck =
  | { readonly kind: 'next' }
  | { readonly kind: 'duplicate'; readonly offset: number; readonly appendTime: number }
  | { readonly kind: 'refused'; readonly errorCode: number }

const next: SequenceCheck = { kind: 'next' }

export interface EndOfTransaction {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly timestamp: number
}

export class Producers {
  readonly #producers: Map<number, Producer> = new Map()
  /** First offset of each open transaction by producer id. Offsets rise, so the oldest transaction comes first. */
  readonly #open: Map<number, number> = new Map()
  readonly #first = new FirstWrites()

  /** Whether the batch continues what its producer wrote; batches of producers that are not idempotent always do. */
  check(batch: RecordBatch): SequenceCheck {
    if (batch.producerId < 0) return next
    const producer = this.#producers.get(batch.producerId)
    const same = producer?.epoch === batch.producerEpoch ? writtenBefore(producer, batch) : undefined
    if (same !== undefined) return { kind: 'duplicate', offset: same.offset, appendTime: same.appendTime }
    if (producer !== undefined && batch.producerEpoch < producer.epoch) return refused(errorCode.INVALID_PRODUCER_EPOCH)
    const isFirst = producer === undefined || producer.written.length === 0
    if (!this.#first.lets(batch, isFirst) || !continues(producer, batch)) {
      return refused(errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    }
    const isWithinAnother = this.#open.has(batch.producerId) && !batch.isTransactional
    return isWithinAnother ? refused(errorCode.INVALID_TXN_STATE) : next
  }

  /** A batch that is about to begin a transaction here, unless its coordinator refuses. */
  expectFirst(batch: RecordBatch, enrols: boolean, now: number): void {
    this.#first.expect(batch, enrols, now)
  }

  /** Remembers a batch that was written at `offset`. */
  record(batch: RecordBatch, offset: number, appendTime: number): void {
    if (batch.producerId < 0) return
    const producer = this.#producerOf(batch.producerId, batch.producerEpoch)
    producer.lastTimestamp = batch.maxTimestamp
    // The broker's own records of a transaction carry no sequence.
    if (batch.baseSequence >= 0) {
      const [firstSequence, lastSequence] = [batch.baseSequence, lastSequenceOf(batch)]
      const lastOffset = offset + batch.lastOffsetDelta
      producer.written.push({ firstSequence, lastSequence, offset, lastOffset, appendTime })
      if (producer.written.length > remembered) producer.written.shift()
    }
    if (batch.isTransactional) this.#first.forget(batch.producerId)
    if (batch.isTransactional && !this.#open.has(batch.producerId)) this.#open.set(batch.producerId, offset)
  }

  /** What is wrong with a marker: it comes of an older producer, or of a coordinator that has been replaced. */
  markerProblem({ producerId, producerEpoch, coordinatorEpoch }: EndOfTransaction): number {
    const producer = this.#producers.get(producerId)
    if (producer === undefined) return errorCode.NONE
    if (producerEpoch < producer.epoch) return errorCode.INVALID_PRODUCER_EPOCH
    return coordinatorEpoch < producer.coordinatorEpoch ? errorCode.TRANSACTION_COORDINATOR_FENCED : errorCode.NONE
  }

  /**
   * Ends the producer's transaction by a marker, whose epoch from then on is the lowest accepted.
   * Returns the transaction's first offset, or -1 when it wrote nothing here.
   */
  end({ producerId, producerEpoch, coordinatorEpoch, timestamp }: EndOfTransaction): number {
    const producer = this.#producerOf(producerId, producerEpoch)
    producer.coordinatorEpoch = coordinatorEpoch
    producer.lastTimestamp = timestamp
    const firstOffset = this.#open.get(producerId) ?? -1
    this.#first.forget(producerId)
    this.#open.delete(producerId)
    return firstOffset
  }

  /** Whether somebody has written here, or ended a transaction, under the same producer id and a later epoch. */
  isFenced(producerId: number, epoch: number): boolean {
    return epoch < (this.#producers.get(producerId)?.epoch ?? noEpoch)
  }

  hasOpenTransaction(producerId: number, epoch: number): boolean {
    return this.#open.has(producerId) && this.#producers.get(producerId)?.epoch === epoch
  }

  /** First offset of the oldest open transaction: nothing from there on is stable. */
  get oldestOpenOffset(): number | undefined {
    return this.#open.values().next().value
  }

  /**
   * Whether compaction has to keep this batch, if need be empty: the last data of its producer, for the sequence, or a
   * marker of one that has written none since, for the epoch.
   */
  needs(batch: RecordBatch): boolean {
    const producer = this.#producers.get(batch.producerId)
    if (producer === undefined) return false
    const last = producer.written.at(-1)
    return last === undefined
      ? batch.isControl && batch.producerEpoch === producer.epoch
      : last.lastOffset === batch.lastOffset
  }

  /** Forgets producers whose last record is `milliseconds` old or older, but for those within a transaction. */
  expire(now: number, milliseconds: number): void {
    this.#first.dropBefore(now - milliseconds)
    for (const [producerId, { lastTimestamp }] of this.#producers) {
      if (!this.#open.has(producerId) && now - lastTimestamp >= milliseconds) this.#producers.delete(producerId)
    }
  }

  describe(): ProducerDescription[] {
    return [...this.#producers].map(([producerId, { epoch, written, lastTimestamp, coordinatorEpoch }]) => ({
      producerId,
      producerEpoch: epoch,
      lastSequence: written.at(-1)?.lastSequence ?? -1,
      lastTimestamp,
      coordinatorEpoch,
      currentTransactionStartOffset: this.#open.get(producerId) ?? -1,
    }))
  }

  #producerOf(producerId: number, epoch: number): Producer {
    let producer = this.#producers.get(producerId)
    if (producer === undefined) {
      producer = { epoch, written: [], lastTimestamp: -1, coordinatorEpoch: -1 }
      this.#producers.set(producerId, producer)
    } else if (producer.epoch !== epoch) {
      producer.epoch = epoch
      producer.written = []
    }
    return producer
  }
}

function writtenBefore({ written }: Producer, batch: RecordBatch): WrittenBatch | undefined {
  const lastSequence = lastSequenceOf(batch)
  return written.find((each) => each.firstSequence === batch.baseSequence && each.lastSequence === lastSequence)
}

/** A producer without an epoch is not held to any order. */
function continues(producer: Producer | undefined, batch: RecordBatch): boolean {
  if (producer === undefined || producer.epoch === noEpoch) return true
  const last = batch.producerEpoch === producer.epoch ? producer.written.at(-1)?.lastSequence : undefined
  return batch.baseSequence === following(last ?? -1)
}

function refused(code: number): SequenceCheck {
  return { kind: 'refused', errorCode: code }
}

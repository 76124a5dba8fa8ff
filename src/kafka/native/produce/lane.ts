/** What waits to be written to one partition, in order. */
import type { TopicPartition } from '../../../record.ts'
import { field, setCrc } from '../../../wire/batch/batch-layout.ts'
import { writeInt64 } from '../../../wire/numbers.ts'
import type { Appended, KafkaError } from '../../port.ts'

/** A batch on its way. Its sequence is stamped into `bytes`. */
export interface Parcel {
  readonly bytes: Buffer
  readonly records: number
  sequence: number
  /** On the monotonic clock: after it the parcel is not sent again. */
  readonly deadline: number
  /** True once an answer for it was lost: it may be in the log. */
  wasLost: boolean
  resolve(appended: Appended): void
  reject(error: KafkaError): void
}

/** What idempotence is told by. */
export interface Identity {
  readonly producerId: number
  readonly producerEpoch: number
}

/** Writes identity and sequence into a finished batch. */
export function stamp(batch: Buffer, { producerId, producerEpoch }: Identity, sequence: number): void {
  writeInt64(batch, producerId, field.producerId)
  batch.writeInt16BE(producerEpoch, field.producerEpoch)
  batch.writeInt32BE(sequence, field.baseSequence)
  setCrc(batch, 0)
}

/** Sequences count records and begin again at 0 after 2^31 - 1. */
export function sequenceAfter(sequence: number, records: number): number {
  return (sequence + records) & 0x7fffffff
}

/**
 * A broker accepts the sequences of a partition only without a gap. So when a parcel comes back, nothing more is sent
 * until all that is in flight has come back too; then everything goes out again in the old order.
 */
export class Lane {
  readonly place: TopicPartition
  nextSequence = 0
  /** False until the broker has accepted a first parcel: until then parcels go one by one, since none may overtake it. */
  isProven = false
  /** Waits for a leader, for a transaction to complete, or for the end of a backoff. */
  isResting = false
  /** The node that has the parcels in flight. */
  node = -1
  inFlight = 0
  attempts = 0
  /** How often the present batch was refused because the last transaction was still being completed. */
  waitsForMarkers = 0
  #queue: Parcel[] = []
  #returned: Parcel[] = []
  #gap = -1

  constructor(place: TopicPartition) {
    this.place = place
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0 && this.#returned.length === 0
  }

  /** True when a parcel before those in flight was not accepted: the later ones are refused for the gap only. */
  get hasGap(): boolean {
    return this.#returned.length > 0 || this.#gap >= 0
  }

  get oldest(): Parcel | undefined {
    return this.#queue[0]
  }

  push(parcel: Parcel): void {
    this.#queue.push(parcel)
  }

  /** Whether the next parcel may go to `node` now. */
  isReady(node: number): boolean {
    if (this.isResting || this.hasGap || this.#queue.length === 0) return false
    return this.inFlight === 0 || (this.isProven && this.node === node)
  }

  take(node: number): Parcel {
    this.inFlight++
    this.node = node
    return this.#queue.shift()!
  }

  /** A parcel that must go out again. */
  giveBack(parcel: Parcel): void {
    this.#returned.push(parcel)
  }

  /** A parcel that will never be written leaves a gap which the later ones must close. */
  leaveGap(parcel: Parcel): void {
    if (this.#gap < 0) this.#gap = parcel.sequence
  }

  /** Once nothing is in flight: what came back stands first in the queue again, gaps closed. */
  settle(): void {
    if (this.inFlight > 0) return
    this.#queue = [...this.#returned, ...this.#queue]
    this.#returned = []
    if (this.#gap >= 0) this.#restamp(this.#gap)
    this.#gap = -1
  }

  /** Takes out all that is not in flight. */
  empty(): Parcel[] {
    const parcels = [...this.#returned, ...this.#queue]
    this.#returned = []
    this.#queue = []
    return parcels
  }

  #restamp(from: number): void {
    this.nextSequence = from
    for (const parcel of this.#queue) {
      parcel.sequence = this.nextSequence
      parcel.bytes.writeInt32BE(parcel.sequence, field.baseSequence)
      setCrc(parcel.bytes, 0)
      this.nextSequence = sequenceAfter(this.nextSequence, parcel.records)
    }
  }
}

/** What was read ahead of one partition. */
import type { TopicPartition } from '../../record.ts'
import type { RecordBatch } from '../../wire/batch.ts'
import type { FetchedPartition, KafkaError } from '../port.ts'

/** What one answer said of one partition. */
export interface Portion {
  /** What a user may see of it. */
  readonly batches: readonly RecordBatch[]
  readonly nextOffset: number
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly sizeInBytes: number
}

export class Feed {
  readonly place: TopicPartition
  /** Where the next request goes on. */
  position: number
  isPaused = false
  /** In a request that has not been answered. */
  isAsked = false
  /** Waits for the end of a backoff. */
  isResting = false
  /** Failures since the last good answer. */
  failures = 0
  /** On the monotonic clock: when the first of them was. */
  failingSince = 0
  /** What reading on needs `seek` for. */
  error: KafkaError | null = null
  #portions: Portion[] = []
  #sizeInBytes = 0
  #highWatermark = -1
  #lastStableOffset = -1

  constructor(place: TopicPartition, position: number) {
    this.place = place
    this.position = position
  }

  get sizeInBytes(): number {
    return this.#sizeInBytes
  }

  get hasPortions(): boolean {
    return this.#portions.length > 0
  }

  /** Takes in what arrived. Nothing new is nothing to tell. */
  push(portion: Portion): void {
    const hasMoved =
      portion.nextOffset !== this.position ||
      portion.highWatermark !== this.#highWatermark ||
      portion.lastStableOffset !== this.#lastStableOffset
    this.failures = 0
    this.position = portion.nextOffset
    this.#highWatermark = portion.highWatermark
    this.#lastStableOffset = portion.lastStableOffset
    if (!hasMoved) return
    this.#portions.push(portion)
    this.#sizeInBytes += portion.sizeInBytes
  }

  /** All that was read ahead, as one. */
  take(): FetchedPartition {
    const portions = this.#portions
    const { nextOffset, highWatermark, lastStableOffset } = portions[portions.length - 1]!
    const batches = portions.length === 1 ? portions[0]!.batches : portions.flatMap((portion) => portion.batches)
    this.#portions = []
    this.#sizeInBytes = 0
    return { ...this.place, batches, nextOffset, highWatermark, lastStableOffset }
  }
}

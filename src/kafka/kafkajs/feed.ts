/** What was read ahead of one partition, and how reading it goes. */
import type { TopicPartition } from '../../record.ts'
import type { RecordBatch } from '../../wire/batch.ts'
import type { FetchedPartition, KafkaError } from '../port.ts'

/** What one answer said of one partition. */
export interface Portion {
  readonly batches: readonly RecordBatch[]
  readonly nextOffset: number
  readonly highWatermark: number
  readonly lastStableOffset: number
  /** What came was a batch without records, which may go on. */
  readonly isEmptied: boolean
}

export class Feed {
  readonly place: TopicPartition
  /** Where the next request goes on. */
  position: number
  isPaused = false
  /** In a request that has not been answered, or waiting for the end of a backoff. */
  isBusy = false
  /**
   * Asked without company: an error of kafkajs does not say whose it is, and an answer without records proves nothing
   * unless a broker had this partition alone to fill it with (KIP-74).
   */
  isAlone = false
  /** Failures since the last good answer. */
  failures = 0
  /** On the monotonic clock: when the first of them was. */
  failingSince = 0
  /** Answers to this partition alone that held no record, though there is data to read. */
  emptyAnswers = 0
  /** What reading on needs `seek` for. */
  error: KafkaError | null = null
  sizeInBytes = 0
  #portions: Portion[] = []
  #highWatermark = -1
  #lastStableOffset = -1

  constructor(place: TopicPartition, position: number) {
    this.place = place
    this.position = position
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
    this.position = portion.nextOffset
    this.#highWatermark = portion.highWatermark
    this.#lastStableOffset = portion.lastStableOffset
    if (!hasMoved) return
    this.#portions.push(portion)
    for (const { sizeInBytes } of portion.batches) this.sizeInBytes += sizeInBytes
  }

  /** All that was read ahead, as one. */
  take(): FetchedPartition {
    const { nextOffset, highWatermark, lastStableOffset } = this.#portions.at(-1)!
    const batches = this.#portions.flatMap((portion) => portion.batches)
    this.#portions = []
    this.sizeInBytes = 0
    return { ...this.place, batches, nextOffset, highWatermark, lastStableOffset }
  }
}

/** What was read ahead of one partition, and where and how reading goes on. */
import type { TopicPartition } from '../../../record.ts'
import { RecordBatch } from '../../../wire/batch.ts'
import type { FetchedPartition, KafkaError } from '../../port.ts'
import { longer, shortestWait } from './long-polls.ts'

/** What one answer said of one partition. */
export interface Portion {
  /** What a user may see of it. */
  readonly batches: readonly RecordBatch[]
  readonly nextOffset: number
  /** The leader epoch of its last batch; -1 when there is none. */
  readonly lastEpoch: number
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly sizeInBytes: number
  /** Of the whole answer, which stays in memory as long as any part of it. */
  readonly answerBytes: number
}

interface Kept extends Portion {
  readonly startOffset: number
  readonly startEpoch: number
}

export class Feed {
  readonly place: TopicPartition
  /** Where the next request goes on. */
  position: number
  /** The leader epoch of the batch before `position`; -1 when none was read yet. */
  lastEpoch = -1
  /** The leader epoch in which `position` was found to be in the log, and in which it may be asked for. */
  leaderEpoch = -1
  isPaused = false
  /** In a request that has not been answered. */
  isAsked = false
  /** Waits for the end of a backoff. */
  isResting = false
  /** How long the next request for it may wait, milliseconds: the longer, the longer nothing has come. */
  patience: number = shortestWait
  /** Failures since the last good answer. */
  failures = 0
  /** On the monotonic clock: when the first of them was. */
  failingSince = 0
  /** What reading on needs `seek` for. */
  error: KafkaError | null = null
  /** Some of what was read ahead was dropped while paused: nothing more is asked for until it is resumed. */
  isTrimmed = false
  /** The replica that the leader sent us to, and until when on the monotonic clock. */
  replica: { readonly node: number; readonly until: number } | null = null
  /** On the monotonic clock: until then the leader is asked to serve us itself. */
  avoidsReplicasUntil = 0
  #portions: Kept[] = []
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
    const kept = { ...portion, startOffset: this.position, startEpoch: this.lastEpoch }
    this.failures = 0
    this.patience = hasMoved ? shortestWait : longer(this.patience)
    this.position = portion.nextOffset
    if (portion.lastEpoch >= 0) this.lastEpoch = portion.lastEpoch
    this.#highWatermark = portion.highWatermark
    this.#lastStableOffset = portion.lastStableOffset
    if (!hasMoved) return
    this.#portions.push(kept)
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

  /** Forgets the newest portion: it will be read again. */
  trim(): void {
    const dropped = this.#portions.pop()
    if (dropped === undefined) return
    this.isTrimmed = true
    this.#sizeInBytes -= dropped.sizeInBytes
    this.position = dropped.startOffset
    this.lastEpoch = dropped.startEpoch
    // Whatever comes next is told, also if only the watermarks are new.
    this.#highWatermark = -1
  }

  /** Copies what is a small part of its answer, so that waiting does not keep the whole answer in memory. */
  detach(): void {
    this.#portions = this.#portions.map((portion) => (isSmallPart(portion) ? detached(portion) : portion))
  }

  /** Reads from the leader again, for some time. */
  leaveReplica(until: number): void {
    this.replica = null
    this.avoidsReplicasUntil = until
  }
}

function isSmallPart({ sizeInBytes, answerBytes }: Portion): boolean {
  return sizeInBytes < answerBytes / 2
}

function detached(portion: Kept): Kept {
  const batches = portion.batches.map(({ bytes, start, end }) => {
    const copy = Buffer.from(bytes.subarray(start, end))
    return new RecordBatch(copy, 0, copy.length)
  })
  return { ...portion, batches, answerBytes: portion.sizeInBytes }
}

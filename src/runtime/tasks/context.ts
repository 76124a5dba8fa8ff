/** What handlers see of the record in hand. One object per task, overwritten for every record. */
import type { MutableContext } from '../../operators/operator.ts'
import type { RecordHeader, Window } from '../../record.ts'
import type { SourceRecord } from '../../topology/nodes.ts'
import { type KeptRecord, keepRecord } from '../async/kept-record.ts'
import type { Hand } from '../hand.ts'
import type { Reentry } from '../reentry/headers.ts'
import { placeOf } from '../reentry/place.ts'
import { stripOwnHeaders } from '../time/marks.ts'
import type { PartitionQueue } from './queue.ts'

const none: readonly RecordHeader[] = Object.freeze([])

export class TaskContext implements MutableContext {
  key: unknown = null
  time = -1
  window: Window | null = null
  topic: string | null = null
  partition: number
  offset = -1
  outOfOrderness = 0
  raisesTime = true
  node = -1
  /** Of a record that came again from a topic of ours. */
  reentry: Reentry | null = null
  /** Null where nobody watches. */
  hand: Hand | null = null
  private queue: PartitionQueue | null = null
  private waited: KeptRecord | null = null
  private decoded: readonly RecordHeader[] | null = none

  constructor(partition: number) {
    this.partition = partition
  }

  /** Decoded when asked for: most handlers never look. */
  get headers(): readonly RecordHeader[] {
    this.decoded ??= stripOwnHeaders(this.queue!.current.headers())
    return this.decoded
  }

  set headers(headers: readonly RecordHeader[]) {
    this.decoded = headers
  }

  /** The head of `queue` is the record in hand. */
  enter(queue: PartitionQueue): void {
    this.hand?.take(queue, queue.current.offset)
    this.queue = queue
    this.waited = null
    const { reentry } = queue
    this.reentry = reentry
    this.topic = reentry === null ? queue.topic : reentry.topic
    this.partition = reentry === null ? queue.partition : reentry.partition
    this.offset = reentry === null ? queue.current.offset : reentry.offset
    this.decoded = queue.current.headerCount === 0 ? none : null
    this.window = null
  }

  /** A record that waited for an answer goes on. */
  goOn(record: KeptRecord): void {
    const { topic, partition, offset, headers } = record.source
    this.hand?.take(record.source, offset)
    this.waited = record
    this.reentry = record.source.reentry ?? null
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.decoded = stripOwnHeaders(headers)
    this.window = null
  }

  /** The record in hand as it was read, in bytes of its own; null where no single record is the cause. */
  recordInHand(): KeptRecord | null {
    return this.topic === null ? null : (this.waited ?? keepRecord(this.queue!))
  }

  /** No single record is the cause of what comes: time moved. */
  leave(): void {
    this.hand?.leave()
    this.topic = null
    this.reentry = null
    this.offset = -1
    this.decoded = none
    this.window = null
  }
}

/** What a timestamp extractor may look at: the record at the head of a queue. */
export class HeadRecord implements SourceRecord {
  private readonly queue: PartitionQueue

  constructor(queue: PartitionQueue) {
    this.queue = queue
  }

  get key(): unknown {
    return this.queue.head.key
  }
  get timestamp(): number {
    return this.queue.current.timestamp
  }
  get headers(): readonly RecordHeader[] {
    return stripOwnHeaders(this.queue.current.headers())
  }
  get topic(): string {
    return placeOf(this.queue).topic
  }
  get partition(): number {
    return placeOf(this.queue).partition
  }
  get offset(): number {
    return placeOf(this.queue).offset
  }
}

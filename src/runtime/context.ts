/** What handlers see of the record in hand. One object per task, overwritten for every record. */
import type { MutableContext } from '../operators/operator.ts'
import type { RecordHeader, Window } from '../record.ts'
import type { RecordContext, SourceRecord } from '../topology/nodes.ts'
import { stripOwnHeaders } from './marks.ts'
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
  private queue: PartitionQueue | null = null
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
    this.queue = queue
    this.topic = queue.topic
    this.partition = queue.partition
    this.offset = queue.current.offset
    this.decoded = queue.current.headerCount === 0 ? none : null
    this.window = null
  }

  /** A record that waited for an answer goes on. */
  goOn({
    topic,
    partition,
    offset,
    headers,
  }: Pick<RecordContext, 'partition' | 'offset' | 'headers'> & { topic: string }): void {
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.decoded = stripOwnHeaders(headers)
    this.window = null
  }

  /** No single record is the cause of what comes: time moved. */
  leave(): void {
    this.topic = null
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
    return this.queue.topic
  }
  get partition(): number {
    return this.queue.partition
  }
  get offset(): number {
    return this.queue.current.offset
  }
}

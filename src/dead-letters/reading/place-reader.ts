/** Reads records of one partition by their offsets, mostly in order: what a move takes from a queue or a source. */
import type { Fetcher, Kafka } from '../../kafka/port.ts'
import type { RecordHeader, TopicPartition } from '../../record.ts'
import { outOfRange } from '../../runtime/restore/restore.ts'

/** A committed record; its bytes are copies. */
export interface ReadRecord {
  readonly offset: number
  readonly timestamp: number
  readonly timestampType: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/** Farther ahead than that it is cheaper to ask anew than to read on. */
const worthReading = 5_000
/** What has been read is held up to that, the oldest is let go first. */
const mostHeldBytes = 16 * 1_024 * 1_024

export class PlaceReader {
  private readonly kafka: Kafka
  private readonly partition: TopicPartition
  private readonly fetcher: Fetcher
  /** Everything from `heldFrom` to here has been read, and what there is of it is held. */
  private position = Number.NEGATIVE_INFINITY
  private heldFrom = -1
  private readonly held = new Map<number, ReadRecord>()
  private heldBytes = 0
  private start = 0
  private end = 0

  constructor(kafka: Kafka, partition: TopicPartition) {
    this.kafka = kafka
    this.partition = partition
    this.fetcher = kafka.fetcher({ isolation: 'read_committed' })
  }

  /** The records at these offsets; those that retention has taken, or that never were, are missing. */
  async read(offsets: readonly number[]): Promise<ReadonlyMap<number, ReadRecord>> {
    await this.bounds()
    const sorted = [...offsets].sort((one, other) => one - other)
    const found = new Map<number, ReadRecord>()
    for (const offset of sorted) {
      const record = await this.at(offset)
      if (record !== null) found.set(offset, record)
    }
    this.letGo((offset) => offset < (sorted[0] ?? 0))
    return found
  }

  /** What is held. */
  get bytes(): number {
    return this.heldBytes
  }

  async close(): Promise<void> {
    await this.fetcher.close()
  }

  private async bounds(): Promise<void> {
    const [first] = await this.kafka.offsets([this.partition], 'earliest')
    const [last] = await this.kafka.offsets([this.partition], 'stable')
    this.start = first!.offset
    this.end = last!.offset
  }

  private async at(offset: number): Promise<ReadRecord | null> {
    if (offset < this.start || offset >= this.end) return null
    if (offset < this.heldFrom || offset > this.position + worthReading) this.moveTo(offset)
    while (offset >= this.position) await this.readOn()
    this.letGo((each) => each < offset && this.heldBytes > mostHeldBytes)
    return this.held.get(offset) ?? null
  }

  private moveTo(offset: number): void {
    this.held.clear()
    this.heldBytes = 0
    this.heldFrom = offset
    this.position = offset
    this.fetcher.seek(this.partition, offset)
  }

  private hold(record: ReadRecord): void {
    this.held.set(record.offset, record)
    this.heldBytes += bytesOf(record)
  }

  /** From the oldest on, as long as that is to go. */
  private letGo(isToGo: (offset: number) => boolean): void {
    for (const [offset, record] of this.held) {
      if (!isToGo(offset)) return
      this.held.delete(offset)
      this.heldBytes -= bytesOf(record)
      this.heldFrom = offset + 1
    }
  }

  private async readOn(): Promise<void> {
    for (const fetched of await this.poll()) {
      for (const batch of fetched.batches) {
        for (const cursor = batch.cursor(); cursor.next(); ) {
          if (cursor.offset < this.position) continue
          const { bytes, offset, timestamp, keyStart, keyEnd, valueStart, valueEnd } = cursor
          const key = copy(bytes, keyStart, keyEnd)
          const value = copy(bytes, valueStart, valueEnd)
          const { timestampType } = batch
          this.hold({ offset, timestamp, timestampType, key, value, headers: copied(cursor.headers()) })
        }
      }
      this.position = fetched.nextOffset
    }
  }

  /** What retention takes while it is read counts as read: it is found missing. */
  private async poll(): ReturnType<Fetcher['poll']> {
    try {
      return await this.fetcher.poll({ seconds: 1 })
    } catch (error) {
      if (outOfRange(error) === null) throw error
      await this.bounds()
      this.moveTo(this.start)
      return []
    }
  }
}

function bytesOf({ key, value }: ReadRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0)
}

function copy(bytes: Buffer, start: number, end: number): Buffer | null {
  return start < 0 ? null : Buffer.from(bytes.subarray(start, end))
}

function copied(headers: readonly RecordHeader[]): RecordHeader[] {
  return headers.map(({ name, value }) => ({ name, value: value === null ? null : Buffer.from(value) }))
}

/** Copies the broker's logs as they grow, before purging and compaction take anything away. */
import type { EmbeddedBroker } from '../../../broker/index.ts'
import type { PartitionLog } from '../../../broker/log/log.ts'
import type { RunningBroker } from '../../../broker/running.ts'
import type { RecordHeader } from '../../../record.ts'
import type { RecordBatch, RecordCursor } from '../../../wire/batch.ts'
import { keyAt, valueAt } from '../../memory-log.ts'
import type { Fate, LoggedPartition, LoggedRecord } from '../history.ts'

/** A record whose fate is still to come. */
interface Recorded extends LoggedRecord {
  fate: Fate
  decidedAt: number
}

/**
 * Keeps what every partition of a broker in this process ever held. It asks the logs themselves: no request, no time.
 * @example
 * const recorder = new LogRecorder(broker)
 * recorder.take() // every few seconds of virtual time: records that are purged after 30 s must not be missed
 * const { partitions } = recorder
 */
export class LogRecorder {
  readonly #broker: EmbeddedBroker
  readonly #books: Map<string, Book> = new Map()

  /** @param broker one that `startBroker` has given */
  constructor(broker: EmbeddedBroker) {
    this.#broker = broker
  }

  /** Reads on in every log. */
  take(): void {
    for (const { name, id, partitions } of topicsOf(this.#broker)) {
      for (const [partition, log] of partitions.entries()) this.#book(id, name, partition).take(log)
    }
  }

  /** All there was up to the last `take`; a topic that was made anew is there as often as it was made. */
  get partitions(): readonly LoggedPartition[] {
    return [...this.#books.values()].map((book) => book.partition)
  }

  #book(id: string, topic: string, partition: number): Book {
    const name = `${id} ${partition}`
    let book = this.#books.get(name)
    if (book === undefined) {
      book = new Book(topic, partition)
      this.#books.set(name, book)
    }
    return book
  }
}

/** The logs are the broker's own business; whoever started it in this process may look at them all the same. */
function topicsOf(broker: EmbeddedBroker): { name: string; id: string; partitions: readonly PartitionLog[] }[] {
  return (broker as unknown as { readonly broker: RunningBroker['broker'] }).broker.topics.all()
}

/** What is known of one partition. */
class Book {
  readonly #topic: string
  readonly #partition: number
  readonly #records: Recorded[] = []
  /** By producer id: the records of its transaction, until a marker decides it. */
  readonly #undecided: Map<number, Recorded[]> = new Map()
  #position = 0
  #stableOffset = 0
  #isWhole = true

  constructor(topic: string, partition: number) {
    this.#topic = topic
    this.#partition = partition
  }

  get partition(): LoggedPartition {
    return {
      topic: this.#topic,
      partition: this.#partition,
      endOffset: this.#position,
      stableOffset: this.#stableOffset,
      records: this.#records,
      isWhole: this.#isWhole,
    }
  }

  take(log: PartitionLog): void {
    this.#stableOffset = log.stableOffset
    if (log.endOffset < this.#position) this.#isWhole = false
    if (log.endOffset <= this.#position) return
    for (const batch of log.batches(this.#position)) {
      if (batch.lastOffset < this.#position) continue
      if (batch.baseOffset > this.#position) this.#isWhole = false
      if (batch.isControl) this.#decide(batch)
      else this.#add(batch)
      this.#position = batch.nextOffset
    }
    if (this.#position < log.endOffset) this.#isWhole = false
    this.#position = log.endOffset
  }

  #add(batch: RecordBatch): void {
    const { producerId, producerEpoch, isTransactional } = batch
    if (batch.recordCount <= batch.lastOffsetDelta) this.#isWhole = false
    for (const cursor = batch.cursor(); cursor.next(); ) {
      const record: Recorded = {
        offset: cursor.offset,
        timestamp: cursor.timestamp,
        key: copyOf(keyAt(cursor)),
        value: copyOf(valueAt(cursor)),
        headers: headersOf(cursor),
        producerId,
        producerEpoch,
        fate: isTransactional ? 'open' : 'plain',
        decidedAt: -1,
      }
      this.#records.push(record)
      if (isTransactional) this.#undecidedOf(producerId).push(record)
    }
  }

  #decide(batch: RecordBatch): void {
    const type = batch.controlType()
    if (type === 'other') return
    for (const record of this.#undecidedOf(batch.producerId)) {
      record.fate = type === 'commit' ? 'committed' : 'aborted'
      record.decidedAt = batch.baseOffset
    }
    this.#undecided.delete(batch.producerId)
  }

  #undecidedOf(producerId: number): Recorded[] {
    let records = this.#undecided.get(producerId)
    if (records === undefined) {
      records = []
      this.#undecided.set(producerId, records)
    }
    return records
  }
}

function copyOf(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}

function headersOf(cursor: RecordCursor): RecordHeader[] {
  return cursor
    .headers()
    .map(({ name, value }) => ({ name, value: value === null ? null : new Uint8Array(Buffer.from(value)) }))
}

/** Writes the input of a run while it goes on, in transactions, and remembers what it was told of each. */
import type { Clock } from '../../clock.ts'
import { sleep } from '../../clock.ts'
import type { Kafka, Transactions } from '../../kafka/port.ts'
import { type Random, randomInteger } from '../../random.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import type { WrittenRecord } from './history.ts'

/** A record, and when it is to be written. */
export interface PlannedRecord extends Omit<WrittenRecord, 'outcome'> {
  /** Virtual time. */
  readonly at: number
}

const mostInTransaction = 60
/** Milliseconds that it waits for more at most. */
const longestPause = 500
/** Of all transactions. */
const abortedShare = 0.04

export class Producer {
  readonly written: WrittenRecord[] = []
  /** By partition: one past the last record known to be committed. */
  readonly ends: Map<string, TopicPartition & { offset: number }> = new Map()
  readonly #transactions: Transactions
  readonly #clock: Clock
  readonly #random: Random

  constructor(kafka: Kafka, clock: Clock, random: Random) {
    this.#transactions = kafka.transactions('simulated-producer', { timeout: { seconds: 30 } })
    this.#clock = clock
    this.#random = random
  }

  /** Fences whoever had its name; before the first record. */
  async begin(): Promise<void> {
    await this.#begin()
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  /** Resolves when all is written, each record not before its time. */
  async write(records: readonly PlannedRecord[]): Promise<void> {
    for (let from = 0; from < records.length; ) {
      const due = records[from]!.at - this.#clock.monotonic() + randomInteger(this.#random, 0, longestPause)
      if (due > 0) await sleep(this.#clock, due)
      const to = this.#batchEnd(records, from)
      await this.#writeOnce(records.slice(from, to))
      from = to
    }
  }

  /** What is due by now, or at least one. */
  #batchEnd(records: readonly PlannedRecord[], from: number): number {
    const now = this.#clock.monotonic()
    let to = from + 1
    while (to < records.length && to - from < mostInTransaction && records[to]!.at <= now) to++
    return to
  }

  async #writeOnce(records: readonly PlannedRecord[]): Promise<void> {
    const aborts = this.#random.next() < abortedShare
    try {
      const appended = await this.#append(records)
      await (aborts ? this.#transactions.abort() : this.#transactions.commit())
      this.#note(records, aborts ? 'aborted' : 'committed')
      if (!aborts) for (const end of appended) this.ends.set(partitionName(end), end)
    } catch {
      // Whatever came of it: the log has it or has not, and judges read the log.
      this.#note(records, 'unknown')
      await this.#begin()
    }
  }

  async #append(records: readonly PlannedRecord[]): Promise<(TopicPartition & { offset: number })[]> {
    const batches = new Map<string, { readonly place: TopicPartition; readonly batch: BatchBuilder; count: number }>()
    for (const { topic, partition, timestamp, key, value, headers } of records) {
      const name = partitionName({ topic, partition })
      const entry = batches.get(name) ?? { place: { topic, partition }, batch: new BatchBuilder(), count: 0 }
      batches.set(name, entry)
      entry.batch.append(timestamp, key, value, headers)
      entry.count++
    }
    return await Promise.all(
      [...batches.values()].map(async ({ place, batch, count }) => {
        const { offset } = await this.#transactions.append(place, batch)
        return { ...place, offset: offset + count }
      }),
    )
  }

  #note(records: readonly PlannedRecord[], outcome: WrittenRecord['outcome']): void {
    for (const { at: _, ...record } of records) this.written.push({ ...record, outcome })
  }

  /** Brokers may be gone for a while: it outlives that. */
  async #begin(): Promise<void> {
    for (;;) {
      try {
        return await this.#transactions.init()
      } catch {
        await sleep(this.#clock, 1_000)
      }
    }
  }
}

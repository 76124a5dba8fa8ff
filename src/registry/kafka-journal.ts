/**
 * The journal in a compacted topic. Each write is a transaction under one transactional id that all registries share:
 * who begins fences the others, whose open write fails and is decided anew on what was written meanwhile. So registries
 * on one topic agree without a leader.
 */
import { type Clock, sleep } from '../clock.ts'
import { type Kafka, KafkaError, type Transactions } from '../kafka/port.ts'
import { type Random, randomInteger } from '../random.ts'
import { BatchBuilder } from '../wire/batch.ts'
import { refusals } from './errors.ts'
import type { Decision, Journal } from './journal.ts'
import type { JournalRecord } from './records.ts'
import type { State } from './state.ts'
import { TopicReader } from './topic-reader.ts'

export interface KafkaJournalOptions {
  readonly kafka: Kafka
  readonly topic: string
  readonly state: State
  readonly clock: Clock
  readonly random: Random
}

const transactionTimeout = { seconds: 10 }
/** So often a write is decided anew before it is given up. */
const attempts = 20
/**
 * Also what looks final is tried again: Apache Kafka 4.1 answers some that are fenced in the middle of EndTxn with
 * UNKNOWN_SERVER_ERROR. A right that is missing is still missing then.
 */
const attemptsAtFatal = 3
/** Between two attempts, milliseconds: from, to. */
const pauses = [5, 50] as const

export class KafkaJournal implements Journal {
  readonly state: State
  private readonly options: KafkaJournalOptions
  private readonly reader: TopicReader
  private readonly transactions: Transactions
  /** True while no other writer has begun since we did: then nothing was written that we have not read. */
  private isSole = false
  private queue: Promise<unknown> = Promise.resolve()
  private isClosed = false

  constructor(options: KafkaJournalOptions) {
    this.options = options
    this.state = options.state
    this.reader = new TopicReader(options)
    this.transactions = options.kafka.transactions(`${options.topic}-writer`, { timeout: transactionTimeout })
  }

  /** Reads the topic to its end. */
  async open(): Promise<this> {
    await this.reader.start()
    await this.reader.catchUp()
    return this
  }

  /** One write after another. */
  write<T>(decide: (state: State) => Decision<T>): Promise<T> {
    const written = this.queue.then(() => this.writeNow(decide))
    this.queue = written.catch(() => undefined)
    return written
  }

  /** The reader first: while Kafka is away a write waits for what it reads. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.reader.close()
    await this.queue
    await this.transactions.close()
  }

  private async writeNow<T>(decide: (state: State) => Decision<T>): Promise<T> {
    let last: { readonly offset: number; readonly answer: T } | null = null
    for (let attempt = 1; ; attempt++) {
      if (this.isClosed) throw refusals.store('the registry is closed')
      try {
        await this.becomeSole()
        // An end of transaction without an answer may have been a commit: then the write is done.
        if (last !== null && this.reader.hasSeen(last.offset)) return last.answer
        const { records, answer } = decide(this.state)
        if (records.length === 0) return answer
        const offset = await this.append(records)
        last = { offset, answer }
        this.reader.watch(offset)
        await this.transactions.commit()
        await this.reader.reach(offset + records.length)
        return answer
      } catch (error) {
        await this.mayTryAgain(error, attempt)
      }
    }
  }

  /** Ends every other writer's transaction, and reads what they have written. */
  private async becomeSole(): Promise<void> {
    if (this.isSole) return
    await this.transactions.init()
    await this.reader.catchUp()
    this.isSole = true
  }

  private async append(records: readonly JournalRecord[]): Promise<number> {
    const batch = new BatchBuilder()
    for (const { key, value } of records) batch.append(this.options.clock.now(), key, value)
    return (await this.transactions.append({ topic: this.options.topic, partition: 0 }, batch)).offset
  }

  /** Waits where another attempt may help. @throws RegistryError, or what is no fault of Kafka */
  private async mayTryAgain(error: unknown, attempt: number): Promise<void> {
    if (!(error instanceof KafkaError)) throw error
    this.isSole = false
    const most = error.fault === 'fatal' || error.fault === 'rejected' ? attemptsAtFatal : attempts
    if (attempt >= most) throw refusals.store(error.message)
    const { clock, random } = this.options
    await sleep(clock, randomInteger(random, ...pauses) * attempt)
  }
}

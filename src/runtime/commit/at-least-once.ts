/**
 * Commits without transactions, for clients that have none: nothing is lost, but what follows the last commit is seen
 * again after a failure, in outputs and in state (rule as in Kafka Streams' `at_least_once`).
 */
import {
  type Appended,
  type Kafka,
  KafkaError,
  type MemberIdentity,
  type PartitionOffset,
  type Producer,
  type ProducerOptions,
  type Transactions,
} from '../../kafka/port.ts'
import type { TopicPartition } from '../../record.ts'
import { BatchBuilder, RecordBatch } from '../../wire/batch.ts'

interface Held {
  readonly partition: TopicPartition
  readonly batch: BatchBuilder
  readonly sent: PromiseWithResolvers<Appended>
}

interface Position {
  readonly member: MemberIdentity
  readonly positions: readonly PartitionOffset[]
}

/**
 * What a worker takes for transactions. A commit goes in this order: outputs and changelogs acknowledged, then the
 * tasks' progress, then their positions. Progress says how far time has come: were it there before the outputs, records
 * read again would be taken for late ones, and lost.
 */
export class AtLeastOnce implements Transactions {
  readonly protocol = 2
  readonly #kafka: Kafka
  readonly #progressTopic: string
  readonly #options: ProducerOptions
  #producer: Producer | null = null
  /** Not yet acknowledged. */
  #appends = new Set<Promise<unknown>>()
  #held: Held[] = []
  #positions: Position[] = []
  #failure: unknown = null
  #isOpen = false

  constructor(kafka: Kafka, progressTopic: string, options: ProducerOptions = {}) {
    this.#kafka = kafka
    this.#progressTopic = progressTopic
    this.#options = options
  }

  get open(): boolean {
    return this.#isOpen
  }

  /** There is nobody to fence: the group refuses the positions of a member it has gone on without. */
  async init(): Promise<void> {
    await this.abort()
  }

  append(partition: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    this.#isOpen = true
    if (partition.topic !== this.#progressTopic) return this.#send(partition, batch)
    const sent = Promise.withResolvers<Appended>()
    sent.promise.catch(() => undefined)
    this.#held.push({ partition, batch: copyOf(batch), sent })
    return sent.promise
  }

  async offsets(member: MemberIdentity, positions: readonly PartitionOffset[]): Promise<void> {
    this.#isOpen = true
    this.#positions.push({ member, positions })
  }

  async commit(): Promise<void> {
    await this.#acknowledged()
    for (const { partition, batch, sent } of this.#held.splice(0)) {
      this.#send(partition, batch).then(sent.resolve, sent.reject)
    }
    await this.#acknowledged()
    for (const { member, positions } of this.#positions) await this.#kafka.commit(member, positions)
    this.#forget()
  }

  /** What was sent can't be taken back. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#appends)
    for (const { sent } of this.#held) sent.reject(aborted())
    this.#forget()
  }

  async close(): Promise<void> {
    await this.abort()
    await this.#producer?.close()
  }

  #send(partition: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    this.#producer ??= this.#kafka.producer(this.#options)
    const appended = this.#producer.append(partition, batch)
    const settled = appended.catch((error: unknown) => {
      this.#failure ??= error
    })
    this.#appends.add(settled)
    void settled.then(() => this.#appends.delete(settled))
    return appended
  }

  /** @throws the first error of any append since the last commit */
  async #acknowledged(): Promise<void> {
    await Promise.all(this.#appends)
    if (this.#failure !== null) throw this.#failure
  }

  #forget(): void {
    this.#held = []
    this.#positions = []
    this.#failure = null
    this.#isOpen = false
  }
}

/** The caller's builder is its own again when `append` returns. */
function copyOf(batch: BatchBuilder): BatchBuilder {
  const bytes = batch.build({})
  const copy = new BatchBuilder(bytes.length)
  const cursor = new RecordBatch(bytes, 0, bytes.length).cursor()
  while (cursor.next()) {
    const { keyStart, keyEnd, valueStart, valueEnd, timestamp } = cursor
    const key = keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd)
    copy.append(timestamp, key, valueStart < 0 ? null : bytes.subarray(valueStart, valueEnd), cursor.headers())
  }
  return copy
}

function aborted(): KafkaError {
  return new KafkaError('abortable', 'ABORTED', 'Produce', 'The work since the last commit was given up')
}

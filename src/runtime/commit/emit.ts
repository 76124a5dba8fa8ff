/** Outputs of one thread: records are encoded straight into the batch of their partition and sent in the open transaction. */
import { partitionFor } from '../../kafka/murmur2.ts'
import type { Transactions } from '../../kafka/port.ts'
import { partitionsOfTopic, type RecordHeader } from '../../record.ts'
import type { UndoLog } from '../../state/undo.ts'
import type { BatchBuilder } from '../../wire/batch.ts'
import { batchBytes, type Encoded, Output, type Shared } from './output.ts'
import { Sent } from './sent.ts'
import type { TimeGate } from './time-limits.ts'

/** With more than this unacknowledged, processing waits. */
const unacknowledgedBytes = 33_554_432
/** Such a batch is sent before the commit. */
const worthwhileBytes = 32_768
/** What a batch, and the keys of ours in it, add around the content of a row at most. */
const rowOverhead = 100

export interface OutputTopic {
  readonly partitions: number
  readonly maxMessageBytes: number
  /** Absent: it takes any time. */
  readonly times?: TimeGate
}

export class Outputs {
  private readonly topics: ReadonlyMap<string, OutputTopic>
  private readonly transactions: Transactions
  private readonly outputs = new Map<string, readonly Output[]>()
  private readonly shared: Shared = { full: new Set(), used: new Set(), spare: [] }
  private inFlight = 0
  /** Of the open transaction: a batch of an earlier one that is refused late says nothing about it. */
  private sent = new Sent()
  private acknowledged: (() => void) | null = null
  /** While the transaction before is being committed nothing of the open one may be sent. */
  private isHeld = false

  constructor(transactions: Transactions, topics: ReadonlyMap<string, OutputTopic>) {
    this.transactions = transactions
    this.topics = topics
  }

  /** The partitions of a topic: who writes many records asks once. */
  to(topic: string): readonly Output[] {
    return this.outputs.get(topic) ?? this.openTopic(topic)
  }

  /** The partition of a key by Kafka's default partitioner; records without key go to `fallback`. */
  partitionOf(topic: string, key: Encoded, fallback: number): number {
    return partitionAmong(this.topic(topic).partitions, key, fallback)
  }

  /**
   * Encodes a record behind what its partition already holds.
   * @throws MillraceError reject MR3005 when the topic would refuse it for its size, MR3011 for its time
   */
  append(
    undo: UndoLog | null,
    topic: string,
    partition: number,
    time: number,
    key: Encoded,
    value: Encoded,
    headers?: readonly RecordHeader[],
  ): void {
    this.to(topic)[partition]!.append(undo, time, key, value, headers)
  }

  /** Sends full batches. Only between records: what was sent can't be taken back. */
  sendFull(): void {
    const { full } = this.shared
    if (full.size === 0 || this.isHeld) return
    for (const output of full) output.takeSealed(this.send)
    full.clear()
  }

  /**
   * Sends what is worth a batch before the commit comes, so that it has little left to wait for: a batch of some size, and
   * the first of each partition, since Kafka has to note first that the transaction reaches it. With many partitions the
   * others would be many and tiny, and cost more than they save.
   */
  sendEarly(): void {
    if (this.isHeld) return
    this.sendFull()
    for (const output of this.shared.used)
      if (!output.isReached || output.builder.sizeInBytes >= worthwhileBytes) this.send(output.builder, output)
  }

  /** True when no more should be written before the transaction before is committed. */
  get isFull(): boolean {
    if (!this.isHeld) return false
    let batches = 0
    for (const { sealed } of this.shared.full) batches += sealed.length
    return batches * batchBytes > unacknowledgedBytes
  }

  /** What a topic takes at most as one record. */
  maxRecordBytes(topic: string): number {
    return this.topic(topic).maxMessageBytes - rowOverhead
  }

  sendAll(): void {
    if (this.isHeld) return
    this.sendFull()
    for (const output of this.shared.used) this.send(output.builder, output)
  }

  /** True when this transaction wrote to the partition. */
  wroteTo(topic: string, partition: number): boolean {
    return this.outputs.get(topic)?.[partition]?.used ?? false
  }

  /** Waits while too much is unacknowledged. An append that failed is told by `check`. */
  async drain(): Promise<void> {
    while (this.inFlight > unacknowledgedBytes && this.sent.failure === undefined) {
      await new Promise<void>((resolve) => {
        this.acknowledged = resolve
      })
    }
  }

  /**
   * All of the transaction has been sent: what is appended from now on belongs to the next one, and stays here until
   * `release`.
   */
  handOver(): Sent {
    const { sent } = this
    this.sent = new Sent()
    this.forget()
    this.isHeld = true
    return sent
  }

  /** The transaction that was handed over is committed: the open one may be sent. */
  release(): void {
    this.isHeld = false
  }

  /** The open transaction, and one that was handed over, are given up: nothing written is left. */
  reset(): void {
    this.sent = new Sent()
    this.forget()
    this.isHeld = false
  }

  private forget(): void {
    for (const output of this.shared.used) output.reset()
    this.shared.used.clear()
    this.shared.full.clear()
  }

  private readonly send = (builder: BatchBuilder, place: Output): void => {
    if (builder.count === 0) return
    place.isReached = true
    const { sent } = this
    const { count, sizeInBytes: size } = builder
    this.inFlight += size
    sent.begin()
    this.transactions.append(place, builder).then(
      ({ offset }) => {
        this.acknowledge(size)
        sent.end(place, offset, count)
      },
      (error: unknown) => {
        this.acknowledge(size)
        sent.fail(error)
      },
    )
  }

  private acknowledge(size: number): void {
    this.inFlight -= size
    this.acknowledged?.()
    this.acknowledged = null
  }

  private openTopic(topic: string): readonly Output[] {
    const { partitions, maxMessageBytes, times = null } = this.topic(topic)
    const outputs = partitionsOfTopic(topic, partitions).map(
      (place) => new Output(place, maxMessageBytes, times, this.shared),
    )
    this.outputs.set(topic, outputs)
    return outputs
  }

  private topic(name: string): OutputTopic {
    return this.topics.get(name)!
  }
}

/** The partition of a key by Kafka's default partitioner; records without key go to `fallback`. */
export function partitionAmong(partitions: number, key: Encoded, fallback: number): number {
  return key === null ? fallback % partitions : partitionFor(key, partitions)
}

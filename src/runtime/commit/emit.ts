/** Outputs of one thread: records are encoded straight into the batch of their partition and sent in the open transaction. */
import { MillraceError } from '../../faults.ts'
import { partitionFor } from '../../kafka/murmur2.ts'
import type { Transactions } from '../../kafka/port.ts'
import { partitionName, type RecordHeader, type TopicPartition } from '../../record.ts'
import type { Undoable, UndoLog } from '../../state/undo.ts'
import { BatchBuilder, type BatchMark } from '../../wire/batch.ts'
import type { TimeGate } from './time-limits.ts'

type Encoded = Uint8Array | string | null

/** A batch takes no further record when that would make it larger; it is sent between two records, or at the commit. */
const batchBytes = 262_144
/** With more than this unacknowledged, processing waits. */
const unacknowledgedBytes = 33_554_432
/** What a batch, and the keys of ours in it, add around the content of a row at most. */
const rowOverhead = 100

interface Output {
  readonly topic: string
  readonly partition: number
  /** Takes the next record. */
  builder: BatchBuilder
  /** Batches that are full and wait for the record in hand to be done, oldest first. */
  readonly sealed: BatchBuilder[]
  readonly maxBytes: number
  /** Null: it takes any time. */
  readonly times: TimeGate | null
  /** True when this transaction has records for the partition, sent or not. */
  used: boolean
}

export interface OutputTopic {
  readonly partitions: number
  readonly maxMessageBytes: number
  /** Absent: it takes any time. */
  readonly times?: TimeGate
}

/** What became of one transaction's batches. */
export class Sent {
  /** The first error of any of them. */
  failure: unknown
  readonly sends: Set<Promise<void>> = new Set()
  /** Behind the last record, by partition. */
  private readonly ends = new Map<string, number>()

  /** @throws the first error of any append */
  check(): void {
    if (this.failure !== undefined) throw this.failure
  }

  noteEnd(place: TopicPartition, offset: number, count: number): void {
    const name = partitionName(place)
    if (offset >= 0) this.ends.set(name, Math.max(offset + count, this.ends.get(name) ?? -1))
  }

  /**
   * Behind the last record in a partition, once the transaction is committed; undefined where it wrote nothing, or where
   * Kafka did not say (a repeated request).
   */
  async committedEnds(): Promise<(place: TopicPartition) => number | undefined> {
    await Promise.all(this.sends)
    return (place) => this.ends.get(partitionName(place))
  }
}

export class Outputs implements Undoable {
  private readonly topics: ReadonlyMap<string, OutputTopic>
  private readonly transactions: Transactions
  private readonly outputs = new Map<string, Output[]>()
  private readonly full = new Set<Output>()
  private readonly used = new Set<Output>()
  /** Empty builders. */
  private readonly spare: BatchBuilder[] = []
  private scratch = Buffer.allocUnsafe(1024)
  private inFlight = 0
  /** Of the open transaction: a batch of an earlier one that is refused late says nothing about it. */
  private sent = new Sent()
  private acknowledged: (() => void) | null = null
  /** While the transaction before is being committed nothing of the open one may be sent. */
  private isHeld = false
  /** Batches that are full and not sent. */
  private sealed = 0

  constructor(transactions: Transactions, topics: ReadonlyMap<string, OutputTopic>) {
    this.transactions = transactions
    this.topics = topics
  }

  /** The partition of a key by Kafka's default partitioner; records without key go to `fallback`. */
  partitionOf(topic: string, key: Encoded, fallback: number): number {
    const { partitions } = this.topic(topic)
    if (key === null) return fallback % partitions
    if (typeof key !== 'string') return partitionFor(key, partitions)
    return partitionFor(this.textBytes(key), partitions)
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
    const output = this.output(topic, partition)
    output.times?.check(topic, time)
    const mark = output.builder.mark()
    const sealed = output.sealed.length
    output.builder.append(time, key, value, headers)
    if (mark.count > 0 && output.builder.sizeInBytes > Math.min(batchBytes, output.maxBytes)) {
      output.builder.undo(mark)
      this.seal(output)
      output.builder.append(time, key, value, headers)
    }
    this.checkSize(output)
    if (undo !== null) undo.note(this, output, mark, sealed)
    if (!output.used) {
      output.used = true
      this.used.add(output)
    }
  }

  /** A record that is alone in its batch and too large even so is taken out again. */
  private checkSize({ topic, builder, maxBytes }: Output): void {
    const { sizeInBytes } = builder
    if (builder.count > 1 || sizeInBytes <= maxBytes) return
    builder.reset()
    throw tooLarge(topic, sizeInBytes, maxBytes)
  }

  undo(target: unknown, mark: unknown, sealed: unknown): void {
    const output = target as Output
    while (output.sealed.length > (sealed as number)) {
      this.recycle(output.builder)
      output.builder = output.sealed.pop()!
      this.sealed--
    }
    output.builder.undo(mark as BatchMark)
  }

  /** Sends full batches. Only between records: what was sent can't be taken back. */
  sendFull(): void {
    if (this.full.size === 0 || this.isHeld) return
    for (const output of this.full) {
      for (const builder of output.sealed) {
        this.send(builder, output)
        this.recycle(builder)
      }
      output.sealed.length = 0
    }
    this.full.clear()
    this.sealed = 0
  }

  /** True when no more should be written before the transaction before is committed. */
  get isFull(): boolean {
    return this.isHeld && this.sealed * batchBytes > unacknowledgedBytes
  }

  /** What a topic takes at most as one record. */
  maxRecordBytes(topic: string): number {
    return this.topic(topic).maxMessageBytes - rowOverhead
  }

  sendAll(): void {
    if (this.isHeld) return
    this.sendFull()
    for (const output of this.used) this.send(output.builder, output)
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
    for (const output of this.used) output.used = false
    this.used.clear()
    this.isHeld = true
    return sent
  }

  /** The transaction that was handed over is committed: the open one may be sent. */
  release(): void {
    this.isHeld = false
  }

  /** The open transaction, and one that was handed over, are given up: nothing written is left. */
  reset(): void {
    for (const output of this.used) {
      output.builder.reset()
      output.sealed.length = 0
      output.used = false
    }
    this.used.clear()
    this.full.clear()
    this.sealed = 0
    this.isHeld = false
    this.sent = new Sent()
  }

  private seal(output: Output): void {
    output.sealed.push(output.builder)
    output.builder = this.spare.pop() ?? new BatchBuilder()
    this.full.add(output)
    this.sealed++
  }

  private recycle(builder: BatchBuilder): void {
    builder.reset()
    this.spare.push(builder)
  }

  private send(builder: BatchBuilder, place: TopicPartition): void {
    if (builder.count === 0) return
    const { sent } = this
    const { count, sizeInBytes: size } = builder
    this.inFlight += size
    const send = this.transactions
      .append(place, builder)
      .then(({ offset }) => sent.noteEnd(place, offset, count))
      .catch((error: unknown) => {
        sent.failure ??= error
      })
      .finally(() => {
        this.inFlight -= size
        this.acknowledged?.()
        this.acknowledged = null
        sent.sends.delete(send)
      })
    sent.sends.add(send)
  }

  private output(topic: string, partition: number): Output {
    const outputs = this.outputs.get(topic) ?? this.openTopic(topic)
    return outputs[partition]!
  }

  private openTopic(topic: string): Output[] {
    const { partitions, maxMessageBytes, times = null } = this.topic(topic)
    const outputs = Array.from({ length: partitions }, (_, partition) => ({
      topic,
      partition,
      builder: new BatchBuilder(),
      sealed: [],
      maxBytes: maxMessageBytes,
      times,
      used: false,
    }))
    this.outputs.set(topic, outputs)
    return outputs
  }

  private topic(name: string): OutputTopic {
    return this.topics.get(name)!
  }

  private textBytes(text: string): Buffer {
    if (text.length * 3 > this.scratch.length) this.scratch = Buffer.allocUnsafe(text.length * 3)
    return this.scratch.subarray(0, this.scratch.write(text, 0, 'utf8'))
  }
}

function tooLarge(topic: string, size: number, limit: number): MillraceError {
  return new MillraceError('reject', {
    code: 'MR3005',
    what: `A record is too large for ${topic}: ${size} bytes in a batch of its own`,
    why: `the topic takes ${limit} bytes at most (max.message.bytes)`,
    fix: 'raise max.message.bytes of the topic, or make the value smaller',
  })
}

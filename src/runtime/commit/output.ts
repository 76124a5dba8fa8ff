/** What one thread writes to one partition in the open transaction. Hot: nothing is allocated for a record. */
import { findFault, MillraceError, reject } from '../../faults.ts'
import type { RecordHeader, TopicPartition } from '../../record.ts'
import type { Serde } from '../../serde/serde.ts'
import type { Undoable, UndoLog } from '../../state/undo.ts'
import type { ValueWriter } from '../../wire/batch/record-writer.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import type { TimeGate } from './time-limits.ts'

export type Encoded = Uint8Array | string | null

/** A batch takes no further record when that would make it larger; it is sent between two records, or at the commit. */
export const batchBytes = 262_144

/** What all outputs of a thread share. */
export interface Shared {
  /** Those with batches that wait for the record in hand to be done. */
  readonly full: Set<Output>
  /** Those that the transaction has records for, sent or not. */
  readonly used: Set<Output>
  /** Empty builders. */
  readonly spare: BatchBuilder[]
}

export class Output implements TopicPartition, Undoable {
  readonly topic: string
  readonly partition: number
  /** True when this transaction has records for the partition, sent or not. */
  used = false
  /** True when some of them were sent. */
  isReached = false
  /** Takes the next record. */
  builder = new BatchBuilder()
  /** Batches that are full, oldest first. */
  readonly sealed: BatchBuilder[] = []
  private readonly maxBytes: number
  /** Above so many bytes a batch with more than one record is sealed. */
  private readonly fullBytes: number
  /** Null: it takes any time. */
  private readonly times: TimeGate | null
  private readonly shared: Shared

  constructor({ topic, partition }: TopicPartition, maxBytes: number, times: TimeGate | null, shared: Shared) {
    this.topic = topic
    this.partition = partition
    this.maxBytes = maxBytes
    this.fullBytes = Math.min(batchBytes, maxBytes)
    this.times = times
    this.shared = shared
  }

  /**
   * Encodes a record behind what its partition already holds.
   * @throws MillraceError reject MR3005 when the topic would refuse it for its size, MR3011 for its time
   */
  append(undo: UndoLog | null, time: number, key: Encoded, value: Encoded, headers?: readonly RecordHeader[]): void {
    this.times?.check(this.topic, time)
    const { builder } = this
    const { count, sizeInBytes } = builder
    const sealed = this.sealed.length
    builder.append(time, key, value, headers)
    if (count > 0 && builder.sizeInBytes > this.fullBytes) {
      builder.undoTo(count, sizeInBytes)
      this.seal()
      this.builder.append(time, key, value, headers)
    }
    this.checkSize()
    this.note(undo, count, sizeInBytes, sealed)
  }

  /** The same for a value that is yet to be encoded: where its serde can, straight into the batch. */
  emit(undo: UndoLog, time: number, key: Encoded, serde: Serde<unknown>, value: unknown): void {
    const { builder } = this
    const { count, sizeInBytes } = builder
    if (this.times !== null) this.checkTime(time, serde, value)
    const isIn = isWritten(builder, time, key, serde, value)
    if (isIn && builder.sizeInBytes <= this.fullBytes) {
      this.note(undo, count, sizeInBytes, this.sealed.length)
    } else {
      if (isIn) builder.undoTo(count, sizeInBytes)
      this.append(undo, time, key, encode(serde, value))
    }
  }

  /** Numbers small enough to be kept without an object: that is why a record's traces are told by these. */
  private note(undo: UndoLog | null, count: number, sizeInBytes: number, sealed: number): void {
    if (undo !== null) undo.note(this, count, sizeInBytes, sealed)
    if (this.used) return
    this.used = true
    this.shared.used.add(this)
  }

  undo(count: unknown, sizeInBytes: unknown, sealed: unknown): void {
    while (this.sealed.length > (sealed as number)) {
      this.recycle(this.builder)
      this.builder = this.sealed.pop()!
    }
    this.builder.undoTo(count as number, sizeInBytes as number)
  }

  /** Hands over the batches that are full. */
  takeSealed(send: (builder: BatchBuilder, output: Output) => void): void {
    for (const builder of this.sealed) {
      send(builder, this)
      this.recycle(builder)
    }
    this.sealed.length = 0
  }

  /** The transaction has ended. */
  reset(): void {
    this.builder.reset()
    this.sealed.length = 0
    this.used = false
    this.isReached = false
  }

  /** A value that can't be encoded is the first thing wrong with a record. */
  private checkTime(time: number, serde: Serde<unknown>, value: unknown): void {
    try {
      this.times?.check(this.topic, time)
    } catch (refusal) {
      encode(serde, value)
      throw refusal
    }
  }

  /** A record that is alone in its batch and too large even so is taken out again. */
  private checkSize(): void {
    const { topic, builder, maxBytes } = this
    const { sizeInBytes } = builder
    if (sizeInBytes <= maxBytes || builder.count > 1) return
    builder.reset()
    throw tooLarge(topic, sizeInBytes, maxBytes)
  }

  private seal(): void {
    this.sealed.push(this.builder)
    this.builder = this.shared.spare.pop() ?? new BatchBuilder()
    this.shared.full.add(this)
  }

  private recycle(builder: BatchBuilder): void {
    builder.reset()
    this.shared.spare.push(builder)
  }
}

/** Anything but null, which is told from outside, must be what the serde can say. */
export function encode(serde: Serde<unknown>, value: unknown): Encoded {
  try {
    return serde.encode(value)
  } catch (error) {
    throw findFault(error) ?? reject(`A value could not be encoded as ${serde.name}`, { code: 'MR3002', cause: error })
  }
}

/** Where `write` can't, or throws, `encode` says what there is to say. */
function isWritten(builder: BatchBuilder, time: number, key: Encoded, serde: Serde<unknown>, value: unknown): boolean {
  if (serde.write === undefined) return false
  try {
    return builder.appendWritten(time, key, serde as ValueWriter<unknown>, value)
  } catch {
    return false
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

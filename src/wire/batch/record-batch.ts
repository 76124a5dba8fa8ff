/** A view over one version 2 record batch (KIP-98): nothing is decoded until it is asked for. */

import { type Compression, compressionOf, defaultInflatedLimit, inflate } from '../compression/compression.ts'
import { crc32c } from '../crc32c.ts'
import { readInt64 } from '../numbers.ts'
import { WireError } from '../wire-error.ts'
import { attribute, field, headerSize, lengthOverhead, magic } from './batch-layout.ts'
import { RecordCursor } from './record-cursor.ts'

/** What a control batch says; `other` are kinds that concern brokers among themselves. */
export type ControlType = 'abort' | 'commit' | 'other'
export type TimestampType = 'CreateTime' | 'LogAppendTime'

export class RecordBatch {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number

  /** `bytes` must hold the whole batch; `readBatches` checks that. */
  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  get baseOffset(): number {
    return readInt64(this.bytes, this.start + field.baseOffset)
  }
  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta
  }
  /** Where reading goes on. A batch that compaction emptied still counts its offsets. */
  get nextOffset(): number {
    return this.lastOffset + 1
  }
  get partitionLeaderEpoch(): number {
    return this.bytes.readInt32BE(this.start + field.partitionLeaderEpoch)
  }
  get crc(): number {
    return this.bytes.readUInt32BE(this.start + field.crc)
  }
  get attributes(): number {
    return this.bytes.readInt16BE(this.start + field.attributes)
  }
  get compression(): Compression {
    return compressionOf(this.attributes & attribute.compression)
  }
  get isTransactional(): boolean {
    return (this.attributes & attribute.transactional) !== 0
  }
  /** Control batches mark the end of a transaction and are never given to users. */
  get isControl(): boolean {
    return (this.attributes & attribute.control) !== 0
  }
  get timestampType(): TimestampType {
    return (this.attributes & attribute.logAppendTime) === 0 ? 'CreateTime' : 'LogAppendTime'
  }
  get lastOffsetDelta(): number {
    return this.bytes.readInt32BE(this.start + field.lastOffsetDelta)
  }
  get baseTimestamp(): number {
    return readInt64(this.bytes, this.start + field.baseTimestamp)
  }
  get maxTimestamp(): number {
    return readInt64(this.bytes, this.start + field.maxTimestamp)
  }
  /** -1 when the producer is not idempotent. */
  get producerId(): number {
    return readInt64(this.bytes, this.start + field.producerId)
  }
  get producerEpoch(): number {
    return this.bytes.readInt16BE(this.start + field.producerEpoch)
  }
  get baseSequence(): number {
    return this.bytes.readInt32BE(this.start + field.baseSequence)
  }
  get recordCount(): number {
    return this.bytes.readInt32BE(this.start + field.recordCount)
  }
  get sizeInBytes(): number {
    return this.end - this.start
  }

  isCrcValid(): boolean {
    return crc32c(this.bytes, this.start + field.attributes, this.end) === this.crc
  }

  /**
   * A cursor before the first record.
   * @throws WireError `too-large` when the records inflate beyond the limit, `corrupt`, `unsupported-compression`
   */
  cursor(options: { readonly maximumInflatedBytes?: number } = {}): RecordCursor {
    const { compression } = this
    const plain = compression === 'none'
    const records = this.start + headerSize
    const limit = options.maximumInflatedBytes ?? defaultInflatedLimit
    const bytes = plain ? this.bytes : inflate(compression, this.bytes.subarray(records, this.end), limit)
    return new RecordCursor({
      bytes,
      start: plain ? records : 0,
      end: plain ? this.end : bytes.length,
      recordCount: this.recordCount,
      baseOffset: this.baseOffset,
      baseTimestamp: this.baseTimestamp,
      appendTime: this.timestampType === 'LogAppendTime' ? this.maxTimestamp : null,
    })
  }

  /** What the first record of a control batch says. @throws WireError `corrupt` when this is no control batch */
  controlType(): ControlType {
    const cursor = this.cursor()
    if (!this.isControl || !cursor.next() || cursor.keyEnd - cursor.keyStart < 4) {
      throw new WireError('corrupt', 'not a control batch')
    }
    const type = cursor.bytes.readInt16BE(cursor.keyStart + 2)
    return type === 0 ? 'abort' : type === 1 ? 'commit' : 'other'
  }
}

const smallestLength = headerSize - lengthOverhead

/**
 * The whole batches in a record set, in order. A tail that a fetch cut off is left out.
 * @throws WireError `invalid-length` for an impossible length, `unsupported-magic` for formats before version 2
 */
export function readBatches(bytes: Buffer): RecordBatch[] {
  const batches: RecordBatch[] = []
  let start = 0
  while (bytes.length - start > field.magic) {
    const length = bytes.readInt32BE(start + field.batchLength)
    const found = bytes[start + field.magic]
    if (found !== magic) throw new WireError('unsupported-magic', `record format ${found} is not supported`)
    if (length < smallestLength) throw new WireError('invalid-length', `a batch says it is ${length} bytes long`)
    const end = start + lengthOverhead + length
    if (end > bytes.length) break
    batches.push(new RecordBatch(bytes, start, end))
    start = end
  }
  return batches
}

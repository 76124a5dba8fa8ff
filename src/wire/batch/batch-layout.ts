/**
 * Where the header fields of a version 2 record batch are, and how to patch them in place.
 * The checksum covers everything from the attributes on: base offset and leader epoch may be set without computing it
 * again, which is what lets a broker store a produced batch without touching its records.
 */
import { crc32c } from '../crc32c.ts'
import { writeInt64 } from '../numbers.ts'

/** Byte positions from the start of the batch. */
export const field = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const

/** Size of the header; records begin behind it. */
export const headerSize = 61
/** What `batchLength` does not count: base offset and the length itself. */
export const lengthOverhead = 12
export const magic = 2

/** Bits of the attributes. The lowest three name the compression. */
export const attribute = { compression: 7, logAppendTime: 8, transactional: 16, control: 32 } as const

/** Sets the offset of the first record; the others follow, since records hold differences. */
export function setBaseOffset(bytes: Buffer, start: number, offset: number): void {
  writeInt64(bytes, offset, start + field.baseOffset)
}

export function setPartitionLeaderEpoch(bytes: Buffer, start: number, epoch: number): void {
  bytes.writeInt32BE(epoch, start + field.partitionLeaderEpoch)
}

/** Stamps every record of the batch with the broker's time (`message.timestamp.type=LogAppendTime`). */
export function setLogAppendTime(bytes: Buffer, start: number, timestamp: number): void {
  const attributes = bytes.readInt16BE(start + field.attributes)
  bytes.writeInt16BE(attributes | attribute.logAppendTime, start + field.attributes)
  writeInt64(bytes, timestamp, start + field.maxTimestamp)
  setCrc(bytes, start)
}

/** Computes the checksum over the batch as it is now and stores it. */
export function setCrc(bytes: Buffer, start: number): void {
  const end = start + lengthOverhead + bytes.readInt32BE(start + field.batchLength)
  bytes.writeUInt32BE(crc32c(bytes, start + field.attributes, end), start + field.crc)
}

/** The header's fields but offset, epoch, length and checksum. */
export interface BatchHeader {
  readonly attributes: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordCount: number
}

/** Fills the 61 bytes before records already in place, checksum included; base offset 0. */
export function writeHeader(bytes: Buffer, end: number, header: BatchHeader, partitionLeaderEpoch: number): void {
  writeInt64(bytes, 0, field.baseOffset)
  bytes.writeInt32BE(end - lengthOverhead, field.batchLength)
  bytes.writeInt32BE(partitionLeaderEpoch, field.partitionLeaderEpoch)
  bytes[field.magic] = magic
  bytes.writeInt16BE(header.attributes, field.attributes)
  bytes.writeInt32BE(header.lastOffsetDelta, field.lastOffsetDelta)
  writeInt64(bytes, header.baseTimestamp, field.baseTimestamp)
  writeInt64(bytes, header.maxTimestamp, field.maxTimestamp)
  writeInt64(bytes, header.producerId, field.producerId)
  bytes.writeInt16BE(header.producerEpoch, field.producerEpoch)
  bytes.writeInt32BE(header.baseSequence, field.baseSequence)
  bytes.writeInt32BE(header.recordCount, field.recordCount)
  setCrc(bytes, 0)
}

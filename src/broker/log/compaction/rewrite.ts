/** Batches as compaction leaves them: fewer records, or none, over the same offsets. */

import { attribute, headerSize, setBaseOffset, writeHeader } from '../../../wire/batch/batch-layout.ts'
import { RecordBatch } from '../../../wire/batch.ts'
import { compressionCode, deflate } from '../../../wire/compression/compression.ts'
import { type Position, readSigned, sizeOfSigned, writeSigned } from '../../../wire/numbers.ts'

/** Says that the base timestamp is the time from which on tombstones and markers of the batch may go (KIP-534). */
const hasDeleteHorizon = 64

export interface RawRecord {
  readonly offset: number
  readonly timestamp: number
  /** One character a byte: a map key that is equal exactly when the bytes are. Null without a key. */
  readonly key: string | null
  readonly isTombstone: boolean
  /** The record from the length of its key on. */
  readonly body: Buffer
}

/** The time from which on a batch's tombstones, or its marker, may go; null while none is set. */
export function deleteHorizonOf(batch: RecordBatch): number | null {
  return (batch.attributes & hasDeleteHorizon) === 0 ? null : batch.baseTimestamp
}

export function rawRecordsOf(batch: RecordBatch): RawRecord[] {
  const cursor = batch.cursor()
  const records: RawRecord[] = []
  const position: Position = { at: cursor.bytes === batch.bytes ? batch.start + headerSize : 0 }
  while (cursor.next()) {
    const { bytes, keyStart, keyEnd } = cursor
    const end = readSigned(bytes, position) + position.at
    position.at++ // attributes
    readSigned(bytes, position)
    readSigned(bytes, position)
    records.push({
      offset: cursor.offset,
      timestamp: cursor.timestamp,
      key: keyStart < 0 ? null : bytes.toString('latin1', keyStart, keyEnd),
      isTombstone: cursor.valueStart < 0,
      body: bytes.subarray(position.at, end),
    })
    position.at = end
  }
  return records
}

/** The batch with only these records, and with a delete horizon unless that is null. */
export function withRecords(batch: RecordBatch, records: readonly RawRecord[], horizon: number | null): RecordBatch {
  const baseTimestamp = horizon ?? records[0]!.timestamp
  const { compression } = batch
  const plain = encode(records, batch.baseOffset, baseTimestamp)
  const payload = compression === 'none' ? plain : deflate(compression, plain)
  const maxTimestamp =
    batch.timestampType === 'LogAppendTime'
      ? batch.maxTimestamp
      : records.reduce((highest, { timestamp }) => Math.max(highest, timestamp), -1)
  return assemble(batch, payload, {
    flags: compressionCode(compression) | (horizon === null ? 0 : hasDeleteHorizon),
    baseTimestamp,
    maxTimestamp,
    recordCount: records.length,
  })
}

/** The batch without records: it stays for its producer's sequence or epoch, or for the offset it ends at. */
export function emptied(batch: RecordBatch): RecordBatch {
  const { maxTimestamp } = batch
  return assemble(batch, Buffer.alloc(0), { flags: 0, baseTimestamp: -1, maxTimestamp, recordCount: 0 })
}

function encode(records: readonly RawRecord[], baseOffset: number, baseTimestamp: number): Buffer {
  const parts: Buffer[] = []
  for (const { offset, timestamp, body } of records) {
    const [time, place] = [timestamp - baseTimestamp, offset - baseOffset]
    const length = 1 + sizeOfSigned(time) + sizeOfSigned(place) + body.length
    const head = Buffer.alloc(length - body.length + sizeOfSigned(length))
    const at = writeSigned(head, length, 0) + 1
    writeSigned(head, place, writeSigned(head, time, at))
    parts.push(head, body)
  }
  return Buffer.concat(parts)
}

interface NewHeader {
  readonly flags: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly recordCount: number
}

function assemble(batch: RecordBatch, payload: Buffer, { flags, ...times }: NewHeader): RecordBatch {
  const bytes = Buffer.concat([Buffer.alloc(headerSize), payload])
  const header = {
    attributes: (batch.attributes & ~(attribute.compression | hasDeleteHorizon)) | flags,
    lastOffsetDelta: batch.lastOffsetDelta,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    ...times,
  }
  writeHeader(bytes, bytes.length, header, batch.partitionLeaderEpoch)
  setBaseOffset(bytes, 0, batch.baseOffset)
  return new RecordBatch(bytes, 0, bytes.length)
}

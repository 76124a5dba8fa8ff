/** A topic that names its own `compression.type` stores every batch that way, however it was produced. */

import { attribute, field, headerSize, lengthOverhead, setCrc } from '../../wire/batch/batch-layout.ts'
import { RecordBatch } from '../../wire/batch.ts'
import {
  type Compression,
  compressionCode,
  defaultInflatedLimit,
  deflate,
  inflate,
} from '../../wire/compression/compression.ts'
import { WireError } from '../../wire/wire-error.ts'

/** The batch with its records compressed as `wanted`, null: as they come. Null when they cannot be read. */
export function recompressed(batch: RecordBatch, wanted: Compression | null): RecordBatch | null {
  if (wanted === null || batch.compression === wanted) return batch
  try {
    return converted(batch, wanted)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

function converted(batch: RecordBatch, wanted: Compression): RecordBatch {
  const { compression, attributes } = batch
  const stored = batch.bytes.subarray(batch.start + headerSize, batch.end)
  const plain = compression === 'none' ? stored : inflate(compression, stored, defaultInflatedLimit)
  const payload = wanted === 'none' ? plain : deflate(wanted, plain)
  const bytes = Buffer.concat([batch.bytes.subarray(batch.start, batch.start + headerSize), payload])
  bytes.writeInt32BE(bytes.length - lengthOverhead, field.batchLength)
  bytes.writeInt16BE((attributes & ~attribute.compression) | compressionCode(wanted), field.attributes)
  setCrc(bytes, 0)
  return new RecordBatch(bytes, 0, bytes.length)
}

/** What a partition asks of a batch before it is written. No record is decoded, but where keys are compulsory. */
import { type RecordBatch, readBatches } from '../../wire/batch.ts'
import { errorCode } from '../../wire/errors.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { TopicConfigs } from '../configs.ts'

/** First version of Produce that may carry zstd (KIP-110). */
const zstdFrom = 7

/** The one batch of a produced record set, or the error code of what is wrong with its form. */
export function accept(records: Buffer | null, produceVersion: number): RecordBatch | number {
  if (records === null) return errorCode.INVALID_RECORD
  try {
    const batches = readBatches(records)
    const [batch] = batches
    if (batch === undefined) return errorCode.CORRUPT_MESSAGE
    if (batches.length > 1 || batch.end !== records.length) return errorCode.INVALID_RECORD
    const isTooNew = batch.compression === 'zstd' && produceVersion < zstdFrom
    return isTooNew ? errorCode.UNSUPPORTED_COMPRESSION_TYPE : batch
  } catch (error) {
    return codeOf(error)
  }
}

/** What the topic has against the batch. Kafka looks only after the transaction's coordinator has agreed. */
export function contentProblem(batch: RecordBatch, configs: TopicConfigs, now: number): number {
  try {
    return problem(batch, configs, now)
  } catch (error) {
    return codeOf(error)
  }
}

function problem(batch: RecordBatch, configs: TopicConfigs, now: number): number {
  if (batch.sizeInBytes > configs.maximumMessageBytes) return errorCode.MESSAGE_TOO_LARGE
  if (!batch.isCrcValid()) return errorCode.CORRUPT_MESSAGE
  if (batch.isControl || batch.recordCount <= 0) return errorCode.INVALID_RECORD
  if (batch.lastOffsetDelta !== batch.recordCount - 1) return errorCode.INVALID_RECORD
  if (batch.producerId >= 0 && batch.baseSequence < 0) return errorCode.INVALID_RECORD
  if (!configs.usesAppendTime && !isTimely(batch, configs, now)) return errorCode.INVALID_TIMESTAMP
  return configs.isCompacted && lacksKey(batch) ? errorCode.INVALID_RECORD : errorCode.NONE
}

function isTimely(batch: RecordBatch, configs: TopicConfigs, now: number): boolean {
  return (
    batch.maxTimestamp - now <= configs.timestampAfterMaximum &&
    now - batch.baseTimestamp <= configs.timestampBeforeMaximum
  )
}

/** Compaction goes by key, so a record without one has no place in a compacted topic. */
function lacksKey(batch: RecordBatch): boolean {
  for (const cursor = batch.cursor(); cursor.next(); ) if (cursor.keyStart < 0) return true
  return false
}

/** @throws what is no fault of the batch */
function codeOf(error: unknown): number {
  if (!(error instanceof WireError)) throw error
  const { reason } = error
  if (reason === 'unsupported-magic') return errorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT
  if (reason === 'unsupported-compression') return errorCode.UNSUPPORTED_COMPRESSION_TYPE
  return errorCode.CORRUPT_MESSAGE
}

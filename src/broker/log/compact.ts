/**
 * Compaction: of each key the last record stays. Offsets never change, so gaps appear, and the last batch of a producer
 * stays even without records, since its header carries the producer's sequence. Markers and tombstones stay too.
 */

import { RecordBatch, type RecordCursor } from '../../wire/batch.ts'
import { headerSize, setBaseOffset, writeHeader } from '../../wire/batch-layout.ts'
import { type Position, readSigned } from '../../wire/numbers.ts'
import type { AbortedTransaction } from './aborted.ts'
import type { Producers } from './producers.ts'

/** What compaction needs to know of a partition. */
export interface Compactable {
  readonly startOffset: number
  readonly endOffset: number
  readonly stableOffset: number
  readonly producers: Producers
  aborted(offset: number, below: number): AbortedTransaction[]
  batches(): Iterable<RecordBatch>
}

/** The batches of the log as compaction leaves them. */
export function compacted(log: Compactable): RecordBatch[] {
  const stable = log.stableOffset
  const isAborted = abortedIn(log)
  const latest = latestOffsets(log, isAborted)
  const kept: RecordBatch[] = []
  for (const batch of log.batches()) {
    if (batch.baseOffset >= stable || batch.isControl) {
      kept.push(batch)
      continue
    }
    const rewritten = withOnly(
      batch,
      (key, offset) => !isAborted(batch) && (key === null || latest.get(key) === offset),
    )
    const isLast = batch.nextOffset === log.endOffset || log.producers.isLastOfProducer(batch)
    if (rewritten.recordCount > 0 || isLast) kept.push(rewritten)
  }
  return kept
}

/** Whether the batch is part of an aborted transaction. */
function abortedIn(log: Compactable): (batch: RecordBatch) => boolean {
  const transactions = log.aborted(log.startOffset, log.stableOffset)
  return (batch) =>
    batch.isTransactional &&
    transactions.some(
      (t) => t.producerId === batch.producerId && t.firstOffset <= batch.baseOffset && batch.lastOffset < t.lastOffset,
    )
}

function latestOffsets(log: Compactable, isAborted: (batch: RecordBatch) => boolean): Map<string, number> {
  const latest = new Map<string, number>()
  for (const batch of log.batches()) {
    if (batch.isControl || batch.baseOffset >= log.stableOffset || isAborted(batch)) continue
    for (const cursor = batch.cursor(); cursor.next(); ) {
      if (cursor.keyStart >= 0) latest.set(keyOf(cursor), cursor.offset)
    }
  }
  return latest
}

/** The batch with only some of its records, uncompressed, covering the same offsets. */
function withOnly(batch: RecordBatch, keeps: (key: string | null, offset: number) => boolean): RecordBatch {
  const cursor = batch.cursor()
  const records: Buffer[] = []
  const position: Position = { at: cursor.bytes === batch.bytes ? batch.start + headerSize : 0 }
  while (cursor.next()) {
    const start = position.at
    const length = readSigned(cursor.bytes, position)
    position.at += length
    const key = cursor.keyStart < 0 ? null : keyOf(cursor)
    if (keeps(key, cursor.offset)) records.push(cursor.bytes.subarray(start, position.at))
  }
  if (records.length === batch.recordCount) return batch
  const bytes = Buffer.concat([Buffer.alloc(headerSize), ...records])
  const header = {
    attributes: batch.attributes & ~7,
    lastOffsetDelta: batch.lastOffsetDelta,
    baseTimestamp: batch.baseTimestamp,
    maxTimestamp: batch.maxTimestamp,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    recordCount: records.length,
  }
  writeHeader(bytes, bytes.length, header, batch.partitionLeaderEpoch)
  setBaseOffset(bytes, 0, batch.baseOffset)
  return new RecordBatch(bytes, 0, bytes.length)
}

/** One character a byte: a map key that is equal exactly when the bytes are. */
function keyOf({ bytes, keyStart, keyEnd }: RecordCursor): string {
  return bytes.toString('latin1', keyStart, keyEnd)
}

/**
 * Compaction: of each key the last record stays. Offsets never change, so gaps appear. What else goes: aborted data,
 * records without a key, tombstones and markers after their horizon. What stays without records: the last batch of each
 * producer, for its sequence, and the last one looked at, for its offset.
 */
import type { RecordBatch } from '../../../wire/batch.ts'
import type { AbortedIndex } from '../aborted.ts'
import type { Producers } from '../producers.ts'
import type { Segment } from '../segment.ts'
import type { Segments } from '../segments.ts'
import { CleanedTransactions } from './cleaned-transactions.ts'
import { deleteHorizonOf, emptied, type RawRecord, rawRecordsOf, withRecords } from './rewrite.ts'

export interface Cleaning {
  readonly segments: Segments
  readonly aborted: AbortedIndex
  readonly producers: Producers
  readonly startOffset: number
  /** Keys are looked for from here on: what is below has been compacted before. */
  readonly from: number
  /** Nothing from here on is looked at or changed. */
  readonly until: number
  readonly now: number
  readonly deleteRetentionMs: number
  readonly segmentBytes: number
}

/** A batch is decided with the whole log below it in view. */
interface View extends Cleaning {
  /** Offset of the last record of each key. */
  readonly latest: ReadonlyMap<string, number>
  readonly transactions: CleanedTransactions
}

const widest = 0x7fffffff

/**
 * Compacts what lies below `until`, group of segments by group. A fault leaves those that are done and those that are not.
 * @example clean({ ...parts, from: 0, until: log.stableOffset, now, deleteRetentionMs: 86_400_000, segmentBytes })
 */
export function clean(cleaning: Cleaning): void {
  const { segments, aborted, startOffset, until, segmentBytes } = cleaning
  const concerned = segments.between(startOffset, until)
  const transactions = new CleanedTransactions(aborted.within(startOffset, until))
  const view = { ...cleaning, latest: latestOffsets(cleaning), transactions }
  for (const group of grouped(concerned, segmentBytes)) replaceGroup(group, view)
  aborted.retain(transactions.remaining, until)
}

function latestOffsets({ segments, aborted, startOffset, from, until }: Cleaning): Map<string, number> {
  const latest = new Map<string, number>()
  const start = Math.max(startOffset, from)
  const transactions = new CleanedTransactions(aborted.within(start, until))
  for (const batch of segments.batches(start)) {
    if (batch.baseOffset >= until) break
    if (transactions.isDone(batch) || batch.isControl) continue
    for (const cursor = batch.cursor(); cursor.next(); ) {
      if (cursor.keyStart < 0 || cursor.offset < start) continue
      latest.set(cursor.bytes.toString('latin1', cursor.keyStart, cursor.keyEnd), cursor.offset)
    }
  }
  return latest
}

/** Neighbours that are small enough to become one. */
function grouped(segments: readonly Segment[], segmentBytes: number): Segment[][] {
  const groups: Segment[][] = []
  let size = 0
  for (const segment of segments) {
    const group = groups.at(-1)
    const fits =
      group !== undefined &&
      size + segment.sizeInBytes <= segmentBytes &&
      segment.nextOffset - group[0]!.baseOffset <= widest
    size = fits ? size + segment.sizeInBytes : segment.sizeInBytes
    if (fits) group.push(segment)
    else groups.push([segment])
  }
  return groups
}

function replaceGroup(group: readonly Segment[], view: View): void {
  const replacement = view.segments.createReplacement(group[0]!.baseOffset, view.now)
  try {
    for (const segment of group) copyCleaned(segment, replacement, view)
  } catch (error) {
    view.segments.discard(replacement)
    throw error
  }
  replacement.modifiedAt = group.at(-1)!.modifiedAt
  view.segments.replace(group, replacement)
}

function copyCleaned(segment: Segment, replacement: Segment, view: View): void {
  for (const batch of segment.batches(view.startOffset)) {
    const left = batch.baseOffset >= view.until ? batch : cleaned(batch, view)
    if (left !== null) replacement.append(left, view.now)
  }
}

/** What is left of a batch; null when it goes. */
function cleaned(batch: RecordBatch, view: View): RecordBatch | null {
  const isDone = view.transactions.isDone(batch)
  const horizon = deleteHorizonOf(batch)
  const isOver = horizon !== null && horizon <= view.now
  const goes = batch.isControl ? isDone && isOver : isDone
  const all = goes ? [] : rawRecordsOf(batch)
  const kept = batch.isControl ? all : all.filter((record) => isKept(record, view, isOver))
  if (kept.length === 0) return isNeeded(batch, view) ? emptied(batch) : null
  const startsHorizon = horizon === null && (kept.some(isTombstoneOf(batch)) || (batch.isControl && isDone))
  if (kept.length === batch.recordCount && !startsHorizon) return batch
  return withRecords(batch, kept, startsHorizon ? view.now + view.deleteRetentionMs : horizon)
}

function isTombstoneOf(batch: RecordBatch): (record: RawRecord) => boolean {
  return ({ isTombstone }) => isTombstone && !batch.isControl
}

function isKept({ key, offset, isTombstone }: RawRecord, { latest, from }: View, isOver: boolean): boolean {
  if (key === null) return false
  const last = latest.get(key)
  // Below where this round began keys are unique already, unless a later record has taken their place.
  const isLast = last === undefined ? offset < from : offset >= last
  return isLast && !(isTombstone && isOver)
}

function isNeeded(batch: RecordBatch, { producers, until }: View): boolean {
  return (batch.producerId >= 0 && producers.needs(batch)) || batch.nextOffset === until
}

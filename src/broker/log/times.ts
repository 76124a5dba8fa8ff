/** Records by their time: segments and batches are chosen by the index, and as a rule one batch is decoded. */
import type { PartitionLog } from './log.ts'
import type { Segment } from './segment.ts'

/** A record, by where and when it is. */
export interface TimedOffset {
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

/** The first record of `time` or later. @example firstSince(log, Date.UTC(2026, 0))?.offset */
export function firstSince(log: PartitionLog, time: number): TimedOffset | null {
  for (const segment of log.segments()) {
    if (segment.maximumTimestamp < time || segment.nextOffset <= log.startOffset) continue
    for (let at = segment.index.find(log.startOffset); at < segment.index.count; at++) {
      if (segment.index.maximumTimestamp(at) < time) continue
      const found = firstIn(segment, at, (timestamp, offset) => timestamp >= time && offset >= log.startOffset)
      if (found !== null) return found
    }
  }
  return null
}

/** The first record of the highest time there is. */
export function latest(log: PartitionLog): TimedOffset | null {
  let best: { readonly segment: Segment; readonly at: number; readonly time: number } | null = null
  for (const segment of log.segments()) {
    if (segment.maximumTimestamp <= (best?.time ?? -1)) continue
    for (let at = segment.index.find(log.startOffset); at < segment.index.count; at++) {
      const time = segment.index.maximumTimestamp(at)
      if (time > (best?.time ?? -1)) best = { segment, at, time }
    }
  }
  if (best === null) return null
  const { segment, at, time } = best
  return firstIn(segment, at, (timestamp) => timestamp === time)
}

function firstIn(
  segment: Segment,
  at: number,
  isWanted: (timestamp: number, offset: number) => boolean,
): TimedOffset | null {
  const batch = segment.batchAt(at)
  for (const cursor = batch.cursor(); cursor.next(); ) {
    if (!isWanted(cursor.timestamp, cursor.offset)) continue
    return { offset: cursor.offset, timestamp: cursor.timestamp, leaderEpoch: batch.partitionLeaderEpoch }
  }
  return null
}

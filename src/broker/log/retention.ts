/**
 * Which segments have to go: those below the start of the log, those whose records are all too old, and the oldest while
 * the log is too large. A log that is only compacted is never shortened by time or size.
 */
import type { LogPolicy } from './policy.ts'
import type { Segment } from './segment.ts'

export interface RetentionTime {
  readonly now: number
  readonly startOffset: number
}

/** The first segments that the policy does not keep. The active one goes too when all its records are too old. */
export function expiredByPolicy(segments: readonly Segment[], policy: LogPolicy, time: RetentionTime): Segment[] {
  let excess = segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0) - policy.retentionBytes
  const expired: Segment[] = []
  for (const [at, segment] of segments.entries()) {
    const next = segments[at + 1]
    if (next === undefined && segment.sizeInBytes === 0) break
    const isExcess = policy.deletes && policy.retentionBytes >= 0 && excess >= segment.sizeInBytes
    const isDone = next !== undefined && next.baseOffset <= time.startOffset
    if (!isDone && !isExcess && !isTooOld(segment, policy, time)) break
    excess -= segment.sizeInBytes
    expired.push(segment)
  }
  return expired
}

function isTooOld({ age }: Segment, { deletes, retentionMs }: LogPolicy, { now }: RetentionTime): boolean {
  return deletes && retentionMs >= 0 && now - age > retentionMs
}

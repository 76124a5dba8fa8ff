/** When a log is compacted, and how far: Kafka's rules (KIP-58 for the shortest lag, KIP-354 for the longest). */
import type { LogPolicy } from '../policy.ts'
import type { Segment } from '../segment.ts'

export interface Cleanable {
  readonly segments: readonly Segment[]
  readonly stableOffset: number
}

export class Dirtiness {
  /** Everything below has been compacted. */
  #cleanedTo = 0

  get cleanedTo(): number {
    return this.#cleanedTo
  }

  clean(until: number): void {
    this.#cleanedTo = Math.max(this.#cleanedTo, until)
  }

  truncate(endOffset: number): void {
    this.#cleanedTo = Math.min(this.#cleanedTo, endOffset)
  }

  /** The offset up to which the log is to be compacted now; null while there is no need. */
  cleanableTo({ segments, stableOffset }: Cleanable, policy: LogPolicy, now: number): number | null {
    if (!policy.compacts) return null
    const inactive = segments.slice(0, -1)
    const dirty = inactive.filter(({ nextOffset }) => nextOffset > this.#cleanedTo)
    const until = this.#limit(dirty, segments.at(-1)!.baseOffset, stableOffset, policy, now)
    const cleanable = sizeOf(dirty.filter(({ nextOffset }) => nextOffset <= until))
    if (cleanable === 0) return null
    const ratio = cleanable / (sizeOf(inactive) - sizeOf(dirty) + cleanable)
    return ratio > policy.minCleanableDirtyRatio || isOverdue(dirty, policy, now) ? until : null
  }

  /** The active segment, what is undecided, and what is younger than the shortest lag stay as they are. */
  #limit(dirty: readonly Segment[], active: number, stable: number, policy: LogPolicy, now: number): number {
    const { minCompactionLagMs } = policy
    const young = dirty.find(({ age }) => minCompactionLagMs > 0 && age > now - minCompactionLagMs)
    return Math.min(active, stable, young?.baseOffset ?? active)
  }
}

function isOverdue(dirty: readonly Segment[], { maxCompactionLagMs }: LogPolicy, now: number): boolean {
  return dirty.some(({ firstTimestamp }) => firstTimestamp > 0 && firstTimestamp < now - maxCompactionLagMs)
}

function sizeOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0)
}

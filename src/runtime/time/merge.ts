/**
 * Which input a task takes its next record from (`semantics.md` 2.3, 2.4): the one whose head is oldest, once every other
 * has shown its head, or need not be waited for. Equal times: by topic, then by offset, since a partition is in order.
 */

import type { PartitionQueue } from '../tasks/queue.ts'
import type { DecisionLog, Moment, Offsets } from './decisions.ts'

/** How an input without a record stands. */
export interface EmptyInput {
  /** False while the lag is unknown, or Kafka has more. */
  readonly caughtUp: boolean
  /** Not read further for now: it is too far ahead (2.13), or its next record has to wait. What is held back is not idle. */
  readonly held: boolean
}

/**
 * Until when, on the wall clock, a merge that has records waits for an input that has none; -Infinity: not at all,
 * +Infinity: until something changes.
 * @param wait as `SourceNode.wait`
 * @param since wall time at which that input was first found empty and caught up
 * @example waitsUntil({ caughtUp: true, held: false }, 50, 1_000) // 1050
 */
function waitsUntil({ caughtUp, held }: EmptyInput, wait: number, since: number): number {
  if (held) return Number.POSITIVE_INFINITY
  if (wait < 0) return Number.NEGATIVE_INFINITY
  if (!caughtUp) return Number.POSITIVE_INFINITY
  return wait === 0 ? Number.NEGATIVE_INFINITY : since + wait
}

export interface MergeInput {
  readonly queue: PartitionQueue
  /** As `SourceNode.wait`; 0 behind a repartition topic. */
  readonly wait: number
  /** False behind a repartition topic. */
  readonly isSource: boolean
}

export interface MergePorts {
  /** Decodes and stamps the head; false when there is none. */
  fill(queue: PartitionQueue): boolean
  hasEnded(queue: PartitionQueue): boolean
  /** True while the task is too far ahead of others (2.13). */
  isHeld(): boolean
  /** True while a recording says which inputs are absent: then nothing else is gone on without. */
  isReplaying(): boolean
  /** For what is decided now. */
  moment(): Moment
  /** Wall clock, milliseconds. */
  now(): number
  readonly decisions: DecisionLog
  readonly counters: { enforced: number }
}

export class Merge {
  /** When, on the wall clock, the merge may go on without anything having come. */
  wakesAt: number = Number.POSITIVE_INFINITY
  private readonly inputs: readonly MergeInput[]
  private readonly ports: MergePorts
  /** By place; wall time since which an input that is caught up keeps others waiting, or NaN. */
  private readonly emptySince: number[]
  /** By place: until when a recording says that it is not there; null for one that is. */
  private readonly leftOut: (Offsets | null)[]

  constructor(inputs: readonly MergeInput[], ports: MergePorts) {
    this.inputs = inputs.toSorted((one, other) => (one.queue.topic < other.queue.topic ? -1 : 1))
    this.ports = ports
    this.emptySince = inputs.map(() => Number.NaN)
    this.leftOut = inputs.map(() => null)
  }

  /** The queue to take from; null while none may be. */
  next(): PartitionQueue | null {
    let oldest: MergeInput | null = null
    let isIncomplete = false
    for (const input of this.inputs) {
      const { queue } = input
      if (this.leftOut[queue.index] !== null || !this.ports.fill(queue)) isIncomplete = true
      else if (oldest === null || queue.head.time < oldest.queue.head.time) oldest = input
    }
    this.wakesAt = Number.POSITIVE_INFINITY
    if (oldest === null) return null
    if (isIncomplete && !this.goesOn()) return null
    return oldest.isSource && this.ports.isHeld() ? null : oldest.queue
  }

  /** By a recording: the input is taken for empty until the task stands there; null: no longer. */
  leaveOut(index: number, until: Offsets | null): void {
    this.leftOut[index] = until
  }

  leftOutUntil(index: number): Offsets | null {
    return this.leftOut[index]!
  }

  /** Something came through an input. */
  delivered(index: number): void {
    this.emptySince[index] = Number.NaN
  }

  /** The queues begin anew, and so does the waiting. */
  reset(): void {
    this.emptySince.fill(Number.NaN)
    this.leftOut.fill(null)
  }

  /** Whether none of the empty inputs is worth waiting for; those that are not are absent from now on. */
  private goesOn(): boolean {
    let until = Number.NEGATIVE_INFINITY
    let awaited = 0
    for (const input of this.inputs) {
      if (!this.isAwaited(input)) continue
      awaited++
      until = Math.max(until, this.waitsFor(input))
    }
    if (awaited === 0) return true
    if (until > this.ports.now()) {
      this.wakesAt = until
      return false
    }
    for (const input of this.inputs) if (this.isAwaited(input)) this.leaveBehind(input)
    return true
  }

  /** It has nothing to take, and the merge has not gone on without it yet. */
  private isAwaited({ queue }: MergeInput): boolean {
    const { index } = queue
    return !(
      queue.ready ||
      this.leftOut[index] !== null ||
      this.ports.decisions.isAbsent(index) ||
      this.ports.hasEnded(queue)
    )
  }

  private waitsFor({ queue, wait, isSource }: MergeInput): number {
    const { caughtUp, index } = queue
    if (this.ports.isReplaying()) return Number.POSITIVE_INFINITY
    if (!caughtUp) this.emptySince[index] = Number.NaN
    else if (Number.isNaN(this.emptySince[index]!)) this.emptySince[index] = this.ports.now()
    const held = queue.isWaiting || (isSource && this.ports.isHeld())
    return waitsUntil({ caughtUp, held }, wait, this.emptySince[index]!)
  }

  private leaveBehind({ queue, wait }: MergeInput): void {
    const { decisions, counters } = this.ports
    if (wait > 0 || !queue.caughtUp) counters.enforced++
    decisions.begin(this.ports.moment(), queue.index)
  }
}

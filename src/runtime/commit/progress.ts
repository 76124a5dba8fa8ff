/** What a task must not forget, written with every commit into `<app>.progress` (`semantics.md` 2.10, 2.16). */
import type { OperatorTime } from '../../operators/operator.ts'
import type { SavedWatermark } from '../../time/watermark.ts'
import type { Absence, Decision } from '../time/decisions.ts'

/** A bounded run as one task knows it. */
export interface RunProgress {
  readonly id: string
  /** How many tasks take part: those of the topology at the run's start. */
  readonly tasks: number
  /** Wall clock, milliseconds, when this task began it: tells a later run from an earlier one. */
  readonly startedAt: number
  /** Where each input that is a user's topic ends, by `topic-partition`. */
  readonly ends: Readonly<Record<string, number>>
  readonly done: boolean
}

/**
 * Ends of a bounded run that came through repartition topics. Also a worker that takes no part in the run keeps them:
 * its tasks may go to one that does, behind the marks.
 */
export interface HeardEnds {
  readonly runId: string
  /** As `endOfWriter` names them. */
  readonly writers: readonly string[]
}

/** One writer's end in one repartition topic. */
export function endOfWriter(topic: string, writer: string): string {
  return `${topic}/${writer}`
}

export interface Progress {
  readonly version: 1
  readonly watermark: SavedWatermark
  readonly operators: Readonly<Record<string, OperatorTime>>
  /** Number of the next decision. */
  readonly decisions: number
  /** Inputs that the task has gone on without and that have not delivered since. */
  readonly absences?: readonly Absence[]
  /** True where there is nothing to take: such a task holds no other back (2.13). */
  readonly quiet?: boolean
  /** Null outside bounded runs. */
  readonly run: RunProgress | null
  /** Of the latest run that sent any. */
  readonly heard: HeardEnds | null
}

export function encodeProgress(progress: Progress): string {
  return JSON.stringify(progress)
}

function decodeProgress(bytes: Buffer): Progress {
  const progress = JSON.parse(bytes.toString()) as Progress
  if (progress.version !== 1) throw new Error(`progress of version ${progress.version}, this release reads 1`)
  return progress
}

/** A row of the progress topic that says where a task stands; null for a decision. */
export function progressOfRow(key: Buffer | null, value: Buffer | null): readonly [task: string, Progress] | null {
  const task = key?.toString()
  if (task === undefined || value === null || task.includes('#')) return null
  return [task, decodeProgress(value)]
}

/** A row of the progress topic that keeps a decision; null for where a task stands. */
export function decisionOfRow(key: Buffer | null, value: Buffer | null): Decision | null {
  if (value === null || !/.#\d+$/.test(key?.toString() ?? '')) return null
  return JSON.parse(value.toString()) as Decision
}

/** Keys of the progress topic: the task, or task and sequence for a decision. */
export const progressKeys: {
  readonly task: (task: string) => string
  readonly decision: (task: string, sequence: number) => string
} = {
  task: (task) => task,
  decision: (task, sequence) => `${task}#${sequence}`,
}

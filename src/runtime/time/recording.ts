/** What a task once decided, to be decided again: the decisions of a run, and how far they reach. */
import { partitionName } from '../../record.ts'
import { decisionOfRow, type Progress, progressOfRow } from '../commit/progress.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import type { AbsenceDecision, Decision, LeadDecision, Offsets } from './decisions.ts'

/** The decisions of one task up to where its inputs stood at `until`: behind that nothing is known. */
export interface Recording {
  readonly task: string
  readonly until: Offsets
  readonly decisions: readonly Decision[]
}

/** Reads a task's recording out of the rows of the progress topic. `until` is what the group has committed. */
export class RecordingReader {
  private readonly task: string
  private readonly decisions = new Map<number, Decision>()
  private progress: Progress | null = null

  constructor(task: string) {
    this.task = task
  }

  row(key: Buffer | null, value: Buffer | null): void {
    const decision = decisionOfRow(key, value)
    if (decision?.task === this.task) this.decisions.set(decision.sequence, decision)
    const row = progressOfRow(key, value)
    if (row?.[0] === this.task) this.progress = row[1]
  }

  recording(until: Offsets): Recording {
    const lasting = (this.progress?.absences ?? []).map(({ newest: _, ...absence }): AbsenceDecision => {
      const { value } = this.progress!.watermark
      return { kind: 'absence', task: this.task, ...absence, until, after: value }
    })
    const decisions = [...this.decisions.values(), ...lasting]
    return { task: this.task, until, decisions: decisions.sort((one, other) => one.sequence - other.sequence) }
  }
}

/** A recording while it is applied. */
export class Replay {
  private readonly recording: Recording
  private readonly refused: ReadonlyMap<string, LeadDecision>
  private next = 0

  constructor(recording: Recording) {
    this.recording = recording
    const refused = recording.decisions.filter((each) => each.kind === 'lead')
    this.refused = new Map(refused.map((each) => [`${each.input}@${each.offsets[each.input]}`, each]))
  }

  /** True once everything that was recorded is behind the task: from then on it decides by itself. */
  isOver(queues: readonly PartitionQueue[]): boolean {
    return this.next === this.recording.decisions.length && hasReached(queues, this.recording.until)
  }

  /** The next decision that is due where the queues stand, or null. Those that were taken back then are passed over. */
  take(queues: readonly PartitionQueue[]): Exclude<Decision, { kind: 'lead' }> | null {
    const { decisions } = this.recording
    for (let decision = decisions[this.next]; decision !== undefined; decision = decisions[this.next]) {
      if (!hasReached(queues, decision.offsets)) return null
      this.next++
      if (decision.kind !== 'lead') return decision
    }
    return null
  }

  /** The decision to refuse the record at this offset as too far ahead, if there was one. */
  refusal(queue: PartitionQueue, offset: number): LeadDecision | null {
    return this.refused.get(`${partitionName(queue)}@${offset}`) ?? null
  }
}

/** Compared by what is still to come, since positions also pass what is no record. */
export function hasReached(queues: readonly PartitionQueue[], offsets: Offsets): boolean {
  return queues.every((queue) => {
    const next = queue.ready ? queue.current.offset : queue.position
    return next >= (offsets[partitionName(queue)] ?? 0)
  })
}

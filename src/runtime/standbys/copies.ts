/**
 * What a thread has of the state of tasks. A task that is given up leaves its rows here until the next assignment says
 * who needs them: a standby that follows on, the task again, or nobody. So nothing is read twice that is there already.
 */
import type { Clock } from '../../clock.ts'
import { memory } from '../../state/memory/backend.ts'
import { layouts } from '../../state/open.ts'
import type { Rows, StateBackend } from '../../state/rows.ts'
import type { Graph, GraphStore } from '../../topology/graph.ts'
import { unknownLag } from '../group/holdings.ts'
import type { Prepared } from '../prepare/prepare.ts'
import { KeptRows } from './kept-rows.ts'

/**
 * Others' deletions stay in a changelog for `delete.retention.ms` only, 24 hours by default: rows that have not followed
 * it for longer than this, milliseconds, are read anew, or they might bring back what was deleted.
 */
export const trustedMilliseconds = 12 * 3_600_000

interface CopiesPorts {
  readonly clock: Pick<Clock, 'now'>
  readonly graph: Pick<Graph, 'app'>
  /** Absent: in memory. */
  readonly state?: StateBackend
  readonly prepared?: Pick<Prepared, 'changelogIds'>
}

interface KeptSince {
  readonly rows: Rows
  /** Wall time. */
  readonly since: number
}

export class Copies {
  private readonly app: string
  private readonly state: StateBackend
  private readonly logs: Prepared['changelogIds']
  /** Rows that nobody uses, by task and store. */
  private readonly kept = new Map<string, Map<string, KeptSince>>()
  private readonly lagOf = new Map<string, number>()
  private readonly clock: Pick<Clock, 'now'>
  private awakeAt: number
  /** What is given back now may lack deletions. */
  private hasSlept = false
  private isClosed = false

  constructor({ graph, clock, state = memory(), prepared }: CopiesPorts) {
    this.logs = prepared?.changelogIds
    this.app = graph.app
    this.clock = clock
    this.state = state
    this.awakeAt = clock.now()
  }

  /** Called again and again: a process that was asleep for long may have lost its tasks without having heard of it. */
  tick(): void {
    const now = this.clock.now()
    if (now - this.awakeAt > trustedMilliseconds) this.hasSlept = true
    this.awakeAt = now
  }

  /** The rows of a store, for one user at a time, who closes them. */
  open(task: string, { name, store, changelog }: GraphStore): Rows {
    const kept = this.kept.get(task)?.get(name)
    this.kept.get(task)?.delete(name)
    if (kept !== undefined && this.clock.now() - kept.since > trustedMilliseconds) kept.rows.clear()
    if (!this.lagOf.has(task)) this.lagOf.set(task, unknownLag)
    const log = this.logs?.get(changelog)
    const rows = kept?.rows ?? this.state.open({ app: this.app, task, store: name, layout: layouts[store.kind], log })
    return new KeptRows(rows, (isSound) => this.giveBack(task, name, rows, isSound))
  }

  /** How many changelog records a copy lacks, as last seen; below 0 where that is not known. */
  noteLag(task: string, lag: number): void {
    this.lagOf.set(task, lag)
  }

  /** It has nothing of this task any more. */
  forget(task: string): void {
    this.lagOf.delete(task)
  }

  /** The lag of every copy that was noted, but for those tasks. */
  lags(without: ReadonlySet<string>): Map<string, number> {
    return new Map([...this.lagOf].filter(([task]) => !without.has(task)))
  }

  /** Nobody else's copies are needed any more. */
  keepOnly(tasks: ReadonlySet<string>): void {
    this.hasSlept = false
    for (const task of this.lagOf.keys()) if (!tasks.has(task)) this.lagOf.delete(task)
    for (const [task, rows] of this.kept) {
      if (tasks.has(task)) continue
      this.kept.delete(task)
      for (const each of rows.values()) each.rows.close()
    }
  }

  /** What is still in use is closed when its user closes it. */
  close(): void {
    this.isClosed = true
    this.keepOnly(new Set())
  }

  private giveBack(task: string, store: string, rows: Rows, isSound: boolean): void {
    if (this.isClosed || !isSound) {
      rows.close()
      return
    }
    if (this.hasSlept) rows.clear()
    const kept = this.kept.get(task) ?? new Map<string, KeptSince>()
    kept.set(store, { rows, since: this.clock.now() })
    this.kept.set(task, kept)
  }
}

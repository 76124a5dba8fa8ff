/**
 * What a thread has of the state of tasks. A task that is given up leaves its rows here until the next assignment says
 * who needs them: a standby that follows on, the task again, or nobody. So nothing is read twice that is there already.
 */
import { memory } from '../state/memory/backend.ts'
import { layouts } from '../state/open.ts'
import type { Rows, StateBackend } from '../state/rows.ts'
import type { Graph, GraphStore } from '../topology/graph.ts'
import { KeptRows } from './kept-rows.ts'

interface CopiesPorts {
  readonly graph: Pick<Graph, 'app'>
  /** Absent: in memory. */
  readonly state?: StateBackend
}

export class Copies {
  private readonly app: string
  private readonly state: StateBackend
  /** Rows that nobody uses, by task and store. */
  private readonly kept = new Map<string, Map<string, Rows>>()
  private readonly lagOf = new Map<string, number>()
  private isClosed = false

  constructor({ graph, state = memory() }: CopiesPorts) {
    this.app = graph.app
    this.state = state
  }

  /** The rows of a store, for one user at a time, who closes them. */
  open(task: string, { name, store }: GraphStore): Rows {
    const kept = this.kept.get(task)?.get(name)
    this.kept.get(task)?.delete(name)
    const rows = kept ?? this.state.open({ app: this.app, task, store: name, layout: layouts[store.kind] })
    return new KeptRows(rows, (isSound) => this.giveBack(task, name, rows, isSound))
  }

  /** How many changelog records a copy lacks, as last seen; below 0 where that is not known. */
  noteLag(task: string, lag: number): void {
    this.lagOf.set(task, lag)
  }

  /** The lag of every copy that was noted, but for those tasks. */
  lags(without: ReadonlySet<string>): Map<string, number> {
    return new Map([...this.lagOf].filter(([task]) => !without.has(task)))
  }

  /** Nobody else's copies are needed any more. */
  keepOnly(tasks: ReadonlySet<string>): void {
    for (const task of this.lagOf.keys()) if (!tasks.has(task)) this.lagOf.delete(task)
    for (const [task, rows] of this.kept) {
      if (tasks.has(task)) continue
      this.kept.delete(task)
      for (const each of rows.values()) each.close()
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
    const kept = this.kept.get(task) ?? new Map<string, Rows>()
    kept.set(store, rows)
    this.kept.set(task, kept)
  }
}

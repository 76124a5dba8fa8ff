/** The port of whoever answers questions about the state of a thread's tasks (`millrace/queries`). */
import type { Rows } from '../state/rows.ts'
import type { Graph, GraphStore } from '../topology/graph.ts'
import type { Plan } from './plan.ts'

/** A store of one task, as this thread has it. */
export interface SeenStore {
  readonly task: string
  readonly partition: number
  readonly store: GraphStore
  /** A standby follows the changelog of a task that another worker runs. */
  readonly role: 'active' | 'standby'
  /** False while the rows are restored, and once they are given up. */
  readonly isReady: () => boolean
  /** Changelog records that are committed and not in the rows yet; 0 for an active task. */
  readonly lag: () => number
  /** Event time of the node that keeps the store, as last committed; -1 before any record. */
  readonly time: () => number
}

/** Only ever sees committed rows: writes of the open transaction are not in them. */
export interface StateReader {
  /** Where others may ask this thread; the whole group is told. */
  readonly address: string
  /** Before the thread joins its group. */
  begin(graph: Graph, plan: Plan): void
  /** What the rows of a store are opened as, so that every commit to them is noticed. They are given up by `close`. */
  open(seen: SeenStore, rows: Rows): Rows
  /** Where each task can be asked, as the group's leader said; a task on the move is nowhere. */
  placed(addresses: ReadonlyMap<string, string>): void
}

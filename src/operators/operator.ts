/** How nodes run: closures that call each other synchronously, built once per task from the graph. */
import type { RecordHeader, Window } from '../record.ts'
import type { KeyValueStore, WindowStore } from '../state/store.ts'
import type { UndoLog } from '../state/undo.ts'
import type { RecordContext, RepartitionNode, SinkNode } from '../topology/nodes.ts'

/** Hands one record on. Synchronous; throws what a handler threw. */
export type Forward = (key: unknown, value: unknown, time: number, window: Window | null) => void

/** The context handlers see, one per task, overwritten for every record. */
export interface MutableContext extends RecordContext {
  key: unknown
  time: number
  window: Window | null
  headers: readonly RecordHeader[]
  topic: string | null
  partition: number
  offset: number
  /** Milliseconds: how far the source of the record in hand may be out of order. */
  outOfOrderness: number
  /** False behind a repartition topic, where only marks move time (`semantics.md` 2.8 a). */
  raisesTime: boolean
  /** Index of the node whose handler runs: whom to blame when it throws. */
  node: number
}

/** Rows of a global table by key, as every worker holds them. */
export interface GlobalTableView {
  get(key: unknown): unknown
}

/** What the runtime (or the test kit) gives to the operators of one task. */
export interface OperatorEnvironment {
  /** Name of the topology, with which the names of its internal topics begin. */
  readonly app: string
  readonly context: MutableContext
  readonly undo: UndoLog
  windowStore(name: string): WindowStore
  keyValueStore(name: string): KeyValueStore
  globalTable(topic: string): GlobalTableView
  /** Encodes into the output of a user's topic; throws a reject of stage `serialize` where it can't be encoded. */
  emitSink(node: SinkNode, key: unknown, value: unknown, time: number): void
  /** Encodes into a repartition topic; the partition follows from the key. */
  emitRepartition(node: RepartitionNode, topic: string, key: unknown, value: unknown, time: number): void
  /**
   * A row that came out of a closing window made a later step throw: its writes are taken back already; the runtime
   * applies the node's policy to the row itself (there is no source record to blame).
   */
  rowFailed(
    error: unknown,
    row: { readonly node: number; readonly key: unknown; readonly value: unknown; readonly time: number },
  ): void
  /** Counted by the runtime. */
  readonly counters: OperatorCounters
}

export interface OperatorCounters {
  filtered: number
  late: number
  out: number
}

/** What a clocked operator must not forget over a restart (`semantics.md` 2.10). */
export interface OperatorTime {
  /** T: event time as this operator knows it; -1 before any record. Never infinite: a bounded run's end is not saved. */
  readonly time: number
  /** End of the last window closed: what was closed stays closed. */
  readonly closed: number
}

/** One built node. */
export interface Operator {
  readonly receive: Forward
  /** A time mark arrives: closes what it has passed. Only clocked operators have it. */
  advance?(mark: number): void
  /** How far this operator's later results may lie behind its time, milliseconds. */
  readonly hold: number
  saveTime?(): OperatorTime
  restoreTime?(time: OperatorTime): void
}

/** A sub-topology running for one partition. */
export interface TaskGraph {
  /**
   * Runs one decoded record. Throws what a handler threw, with `context.node` naming the node; the caller takes the
   * writes back through the undo log.
   * @param source index in `SubTopology.sources`
   */
  receive(source: number, key: unknown, value: unknown, time: number): void
  /** Sends the time mark W through the graph, inputs first: what it has passed is closed and emitted. */
  advance(mark: number): void
  /** The mark that last reached each repartition sink, by full topic name. */
  readonly sinkMarks: ReadonlyMap<string, number>
  /** By node name. */
  saveTimes(): Record<string, OperatorTime>
  restoreTimes(times: Readonly<Record<string, OperatorTime>>): void
}

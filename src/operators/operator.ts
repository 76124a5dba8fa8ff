/** How nodes run: closures that call each other synchronously, built once per task from the graph. */
import type { RecordHeader, Window } from '../record.ts'
import type { Row, Store } from '../state/store.ts'
import type { UndoLog } from '../state/undo.ts'
import type { GraphNode } from '../topology/graph.ts'
import type { LateRecord, RecordContext, RepartitionNode, SinkNode } from '../topology/nodes.ts'

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

/** The rows of a table as they are now: of its own store, or derived from those of the table before it. */
export interface TableView {
  get(key: unknown): Row | undefined
  /** Whether the deletion in hand took away a row of this key; false once it is done. Left out where nobody can tell. */
  readonly hadRow?: ((key: unknown) => boolean) | undefined
  /** The row whose place the update in hand takes; undefined once it is done. Left out where nobody can tell. */
  readonly replaced?: ((key: unknown) => Row | undefined) | undefined
}

/** A table that also knows what its rows were. */
export interface VersionedView extends TableView {
  /**
   * The row that was valid at a time; undefined also where the history doesn't reach back so far. A record that has waited
   * says until when (`now`): time may have jumped beyond that, but what it waited for is still there until the next mark.
   */
  asOf(key: unknown, time: number, now?: number): Row | undefined
}

/** What the runtime (or the test kit) gives to the operators of one task. */
export interface OperatorEnvironment {
  /** Name of the topology, with which the names of its internal topics begin. */
  readonly app: string
  readonly context: MutableContext
  readonly undo: UndoLog
  /** A store of the node, by its name; `stores.ts` has the typed forms. */
  store(name: string): Store
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
  /** Writes the record in hand to a dead-letter queue, since a step refused it; taken back with whatever it did. */
  lateLetter(queue: string, node: GraphNode, late: LateRecord<unknown, unknown, Window | null>): void
  /** Where there are steps that wait. */
  readonly calls?: AsyncCalls
  /** Counted by the runtime. */
  readonly counters: OperatorCounters
}

/** A value that waits for an answer, and where the answer goes on. */
export interface AsyncCall {
  /** Index of the node that asks. */
  readonly node: number
  readonly key: unknown
  readonly value: unknown
  readonly time: number
  readonly window: Window | null
  /** Asks. Called once, when there is room. */
  start(signal: AbortSignal): Promise<unknown>
  /** Gets the answer. */
  readonly forward: Forward
  /** How many of this node wait for answers at a time. */
  readonly concurrency: number
  /** Milliseconds. */
  readonly timeout: number
}

/** What waits for answers, in the order in which it was added. */
export interface AsyncCalls {
  /** The record in hand has come to a step that waits. Taken back with the record. */
  add(call: AsyncCall): void
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
  /** Windows that end in one of these spans, (after, to], were closed by the end of a bounded run before T came to them. */
  readonly ahead?: readonly (readonly [after: number, to: number])[]
  /** Wall time at which something is due next, milliseconds since 1970; without it the first interval begins anew. */
  readonly wallClock?: number
  /** Of windows that speak before they close: up to where they have. */
  readonly spoken?: number
}

/** What happens by the wall clock. Each firing is a recorded decision (`semantics.md` 2.7). */
export interface WallClockWork {
  /** Milliseconds since 1970; +Infinity: nothing is due; 0: it wants to be told the time, to begin to count. */
  readonly dueAt: number
  /** The wall clock has come to `now`: what is due fires, missed intervals as one. */
  fire(now: number): void
}

/** One built node. */
export interface Operator {
  /** What its first input emits. */
  readonly receive: Forward
  /** What each of its inputs emits, where it tells them apart. */
  readonly inputs?: readonly Forward[]
  /** Of a table. */
  readonly view?: TableView
  readonly wallClock?: WallClockWork
  /** A time mark arrives: closes what it has passed. Only clocked operators have it. */
  advance?(mark: number): void
  /** How far this operator's later results may lie behind its time, milliseconds. */
  readonly hold: number
  /** The transaction is about to be written: what was held back for it comes out now. */
  beforeCommit?(): void
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
  /**
   * Sends the time mark W through the graph, inputs first: what it has passed is closed and emitted.
   * @param stage only to nodes behind so many steps that wait for answers; without it to those behind none
   */
  advance(mark: number, stage?: number): void
  /** One more than the steps that wait for answers on the longest way. */
  readonly stages: number
  /** False where nothing comes of it when time goes on. */
  readonly hearsTime: boolean
  /** The mark that last reached each repartition sink, by full topic name. */
  readonly sinkMarks: ReadonlyMap<string, number>
  /** When something is due by the wall clock; +Infinity: nothing. */
  readonly wallClockDueAt: number
  fireWallClock(now: number): void
  /**
   * What operators hold back for the commit comes out, inputs first.
   * @param stage only of nodes behind so many steps that wait for answers
   */
  beforeCommit(stage?: number): void
  /** By node name. */
  saveTimes(): Record<string, OperatorTime>
  restoreTimes(times: Readonly<Record<string, OperatorTime>>): void
}

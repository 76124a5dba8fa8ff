/** Tables beyond their sources: what is derived from them, and what makes one out of a stream. */
import type { DeadLetterPolicy, Policy } from '../../policies/policy.ts'
import type { Serde } from '../../serde/serde.ts'
import type { AnyNode, Handler, NodeStore, RecordContext, TopicDefinition } from './base.ts'

/** Which of two updates of a row counts: the later in event time, or the one that came last. */
export type TableOrder = 'event-time' | 'arrival'

/** What is true of every node whose records are updates of rows. */
interface UpdatedTable {
  readonly store: string
  readonly stores: readonly NodeStore[]
  readonly order: TableOrder
  /** How long versions are kept, milliseconds of event time; null: the table is not versioned. */
  readonly history: number | null
  /** A row vanishes so long after its last change, milliseconds of event time. */
  readonly ttl: number | null
  /** How long a deletion is remembered, milliseconds of event time; null: not at all. */
  readonly deleteRetention: number | null
}

/** Reads a compacted topic as a table: latest row per key, kept in a store. */
export interface TableSourceNode extends UpdatedTable {
  readonly kind: 'table-source'
  readonly topic: TopicDefinition
  /** As of a source, milliseconds or off. */
  readonly idleAfter: number | 'off'
  readonly maxLead: number | 'off'
  readonly onFailure: readonly Policy[]
}

/** A stream as a table: each record is an update, null deletes. */
export interface ToTableNode extends UpdatedTable {
  readonly kind: 'to-table'
  readonly input: AnyNode
  readonly keySerde: Serde<unknown>
  /** For updates that come too late; without it they are counted only. */
  readonly late?: DeadLetterPolicy
  readonly onFailure?: readonly Policy[]
}

/** Another value for each row. */
export interface TableMapNode {
  readonly kind: 'table-map'
  readonly input: AnyNode
  /** True for a predicate's node: what it did not let through it need not delete. */
  readonly filters: boolean
  /** Not called for deletions; null deletes. */
  readonly handler: Handler<unknown>
  readonly onFailure?: readonly Policy[]
}

/** What a row gave to its group, as `regroup` remembers it. */
export interface Given {
  readonly group: unknown
  readonly value: unknown
}

/** What a changed row takes from a group, and what it gives to it. */
export interface Change {
  /** Bytes of the row's own key. */
  readonly row: Buffer
  readonly subtract?: unknown
  readonly add?: unknown
}

/** A row in a ranking. */
export interface RankedEntry {
  readonly time: number
  /** Settles ties of one time: where the record lay, or the key of the row. */
  readonly place: Buffer
  readonly value: unknown
}

/**
 * Before the repartition of a table under another key: per change what to subtract from one group and what to add to
 * another. Keeps what each row last gave, so that just that is taken back.
 */
export interface RegroupNode {
  readonly kind: 'regroup'
  readonly input: AnyNode
  readonly name: string
  readonly group: Handler<unknown>
  readonly keySerde: Serde<unknown>
  readonly groupSerde: Serde<unknown>
  /** What each row last gave. */
  readonly stores: readonly [given: NodeStore]
  readonly onFailure?: readonly Policy[]
}

/** A fold over the rows of a group, with retraction. Reads what `regroup` wrote. */
export interface TableAggregateNode {
  readonly kind: 'table-aggregate'
  readonly input: AnyNode
  readonly fold: 'count' | 'reduce' | 'aggregate'
  readonly store: string
  readonly stores: readonly NodeStore[]
  readonly start: () => unknown
  /** Of `add` and `subtract`: null takes the row away. */
  readonly add: (sum: unknown, value: unknown, context: RecordContext) => unknown
  readonly subtract: (sum: unknown, value: unknown, context: RecordContext) => unknown
  readonly keySerde: Serde<unknown>
  readonly sumSerde: Serde<unknown>
  readonly onFailure?: readonly Policy[]
}

/** Several streams folded into one sum per key, per window if there is one. */
export interface CogroupInputNode {
  readonly kind: 'cogroup-input'
  readonly inputs: readonly AnyNode[]
  readonly copartitioned: true
  /** Is told the place of the stream whose record comes next, so that one aggregate can fold all of them. */
  readonly turn: (place: number) => void
}

/** The first record of a key within a span passes, those that follow in it don't. Milliseconds. */
export interface DedupeNode {
  readonly kind: 'dedupe'
  readonly input: AnyNode
  readonly name: string
  readonly within: number
  readonly grace: number
  readonly by: Handler<string> | null
  readonly keySerde: Serde<unknown>
  /** What has passed. */
  readonly stores: readonly [passed: NodeStore]
  /** For records that come too late; without it they are counted only. */
  readonly late?: DeadLetterPolicy
  readonly onFailure?: readonly Policy[]
}

/** The best rows of each key. */
export interface TopNode {
  readonly kind: 'top'
  readonly input: AnyNode
  readonly name: string
  readonly count: number
  readonly compare: (one: unknown, other: unknown) => number
  /** True behind `regroup`: rows can be taken back. */
  readonly retracts: boolean
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  /** The rankings; where rows can be taken back also every row. */
  readonly stores: readonly [rankings: NodeStore, ...rows: NodeStore[]]
  readonly onFailure?: readonly Policy[]
}

/** At most one update per key and commit. */
export interface CoalesceNode {
  readonly kind: 'coalesce'
  readonly input: AnyNode
  readonly keySerde: Serde<unknown>
}

/** Holds back updates: for a time, or until their window closes. Milliseconds. */
export interface SuppressNode {
  readonly kind: 'suppress'
  readonly input: AnyNode
  readonly name: string
  readonly until: { readonly wait: number } | 'close'
  readonly maxRows: number | null
  readonly whenFull: 'spill' | 'emit' | 'stop'
  readonly keySerde: Serde<unknown>
  readonly stores: readonly NodeStore[]
}

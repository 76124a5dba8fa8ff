/** What the DSL makes: plain frozen data with a `kind`. Running it is the work of `operators/` and `runtime/`. */
import type { Policy } from '../policies/policy.ts'
import type { RecordHeader, Window } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import type { TimeWindows } from '../time/windows.ts'

/** What a handler gets second. One object is reused for all records: copy what you keep. */
export interface RecordContext<K = unknown> {
  readonly key: K
  /** Event time in milliseconds since 1970. */
  readonly time: number
  /** The window of a windowed result, else null. */
  readonly window: Window | null
  /** Headers of the source record; empty for results that no single record caused. */
  readonly headers: readonly RecordHeader[]
  /** Source topic, or null where no single record is the cause. */
  readonly topic: string | null
  readonly partition: number
  /** -1 where no single record is the cause. */
  readonly offset: number
}

/** A topic as a topology sees it. Erased types: the DSL keeps the typed face. */
export interface TopicDefinition {
  readonly kind: 'topic' | 'table' | 'global-table'
  readonly name: string
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
}

/** The raw record that a timestamp extractor may look at. */
export interface SourceRecord {
  readonly key: unknown
  /** Kafka's record timestamp. */
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export type Handler<R> = (value: unknown, context: RecordContext) => R

export interface SourceNode {
  readonly kind: 'source'
  readonly topic: TopicDefinition
  readonly timestamp: ((value: unknown, record: SourceRecord) => number) | null
  /** Milliseconds. */
  readonly outOfOrderness: number
  /** Milliseconds without a record after which time follows the wall clock, or off. */
  readonly idleAfter: number | 'off'
  /** How far a timestamp may be ahead of the wall clock, milliseconds, or off. */
  readonly maxLead: number | 'off'
  readonly onFailure: readonly Policy[]
}

/** Reads a compacted topic as a table: latest row per key by event time, kept in a store. */
export interface TableSourceNode {
  readonly kind: 'table-source'
  readonly topic: TopicDefinition
  readonly store: string
  readonly onFailure: readonly Policy[]
}

export interface MapNode {
  readonly kind: 'map'
  readonly input: Node
  readonly handler: Handler<unknown>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface FilterNode {
  readonly kind: 'filter'
  readonly input: Node
  readonly handler: Handler<boolean>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface FlatMapNode {
  readonly kind: 'flat-map'
  readonly input: Node
  readonly handler: Handler<Iterable<unknown>>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface MapKeyValueNode {
  readonly kind: 'map-key-value'
  readonly input: Node
  readonly handler: Handler<readonly [key: unknown, value: unknown]>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface PeekNode {
  readonly kind: 'peek'
  readonly input: Node
  readonly handler: Handler<void>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface MergeNode {
  readonly kind: 'merge'
  readonly inputs: readonly Node[]
}
/** Routes each record to the first case that takes it. A case without predicate (`otherwise`) takes what is left. */
export interface BranchNode {
  readonly kind: 'branch'
  readonly input: Node
  readonly cases: readonly { readonly name: string; readonly predicate: Handler<boolean> | null }[]
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
/** One side of a branch. */
export interface BranchCaseNode {
  readonly kind: 'branch-case'
  readonly input: BranchNode
  readonly index: number
}
/** A row of a global table beside each record, found by a derived key. `inner` drops records without a row. */
export interface LookupNode {
  readonly kind: 'lookup'
  readonly input: Node
  readonly table: TopicDefinition
  readonly key: Handler<unknown>
  readonly join: (value: unknown, row: unknown, context: RecordContext) => unknown
  readonly inner: boolean
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
/** Through `<app>.<name>.repartition` under a new key. */
export interface RepartitionNode {
  readonly kind: 'repartition'
  readonly input: Node
  readonly name: string
  readonly key: Handler<unknown>
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  /** Null: as many as the largest source upstream. */
  readonly partitions: number | null
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
/** A fold per key, per window if there is one. */
export interface AggregateNode {
  readonly kind: 'aggregate'
  readonly input: Node
  /** `reduce` starts from the first value. */
  readonly fold: 'count' | 'reduce' | 'aggregate'
  readonly store: string
  readonly windows: TimeWindows | null
  /** `final`: one row when the window closes. `updates`: a row per change. Without a window always `updates`. */
  readonly emit: 'final' | 'updates'
  readonly start: () => unknown
  readonly add: (sum: unknown, value: unknown, context: RecordContext) => unknown
  readonly keySerde: Serde<unknown>
  readonly sumSerde: Serde<unknown>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
/** The records that a windowed fold refused. Its values are `LateRecord`s. */
export interface LateNode {
  readonly kind: 'late'
  readonly input: AggregateNode
}
export interface SinkNode {
  readonly kind: 'sink'
  readonly input: Node
  readonly topic: TopicDefinition
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}

export type Node =
  | SourceNode
  | TableSourceNode
  | MapNode
  | FilterNode
  | FlatMapNode
  | MapKeyValueNode
  | PeekNode
  | MergeNode
  | BranchNode
  | BranchCaseNode
  | LookupNode
  | RepartitionNode
  | AggregateNode
  | LateNode
  | SinkNode

/** A record that came after its window had closed. */
export interface LateRecord<K = unknown, V = unknown> {
  readonly key: K
  readonly value: V
  readonly time: number
  readonly window: Window
  /** Where the operator's time stood, milliseconds since 1970. */
  readonly operatorTime: number
}

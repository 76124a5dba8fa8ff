/** What the DSL makes: plain frozen data with a `kind`. Running it is the work of `operators/` and `runtime/`. */
import type { Policy } from '../policies/policy.ts'
import type { RecordHeader } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import type { AnyNode, Handler, RecordContext, TopicDefinition } from './nodes/base.ts'
import type * as joins from './nodes/joins.ts'
import type * as pattern from './nodes/pattern.ts'
import type * as processing from './nodes/processing.ts'
import type * as tables from './nodes/tables.ts'
import type * as windows from './nodes/windows.ts'

export type { AnyNode, Handler, NodeStore, RecordContext, TopicDefinition } from './nodes/base.ts'
export type { TableSourceNode } from './nodes/tables.ts'
export type { AggregateNode, LateNode, LateRecord, Pane } from './nodes/windows.ts'

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
  /** What a record says of time: nothing older than that comes any more; null where it says nothing. */
  readonly watermark: ((value: unknown, record: SourceRecord) => number | null) | null
  /** Milliseconds for which an empty partition that is read to its end is waited for; -1: no empty one is, ever. */
  readonly wait: number
  /** How far a task's time may be ahead of the slowest task, milliseconds, or off. */
  readonly maxDrift: number | 'off'
  readonly onFailure: readonly Policy[]
}

export interface MapNode {
  readonly kind: 'map'
  readonly input: AnyNode
  readonly handler: Handler<unknown>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface FilterNode {
  readonly kind: 'filter'
  readonly input: AnyNode
  readonly handler: Handler<boolean>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface FlatMapNode {
  readonly kind: 'flat-map'
  readonly input: AnyNode
  readonly handler: Handler<Iterable<unknown>>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface MapKeyValueNode {
  readonly kind: 'map-key-value'
  readonly input: AnyNode
  readonly handler: Handler<readonly [key: unknown, value: unknown]>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface PeekNode {
  readonly kind: 'peek'
  readonly input: AnyNode
  readonly handler: Handler<void>
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface MergeNode {
  readonly kind: 'merge'
  readonly inputs: readonly AnyNode[]
}
/** Routes each record to the first case that takes it. A case without predicate (`otherwise`) takes what is left. */
export interface BranchNode {
  readonly kind: 'branch'
  readonly input: AnyNode
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
  readonly input: AnyNode
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
  readonly input: AnyNode
  readonly name: string
  readonly key: Handler<unknown>
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  /** Null: as many as the largest source upstream. */
  readonly partitions: number | null
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}
export interface SinkNode {
  readonly kind: 'sink'
  readonly input: AnyNode
  readonly topic: TopicDefinition
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly Policy[]
}

export type Node =
  | SourceNode
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
  | SinkNode
  | windows.AggregateNode
  | windows.LateNode
  | joins.StreamJoinNode
  | joins.TableLookupNode
  | joins.TableJoinNode
  | joins.ForeignKeyLeftNode
  | joins.ForeignKeyRightNode
  | joins.ForeignKeyResultNode
  | tables.TableSourceNode
  | tables.ToTableNode
  | tables.TableMapNode
  | tables.RegroupNode
  | tables.TableAggregateNode
  | tables.CogroupInputNode
  | tables.DedupeNode
  | tables.TopNode
  | tables.CoalesceNode
  | tables.SuppressNode
  | processing.ProcessNode
  | processing.MapAsyncNode
  | pattern.PatternNode

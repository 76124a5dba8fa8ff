/** The words that nodes of every family share. */
import type { AsyncPolicy } from '../../policies/policy.ts'
import type { RecordHeader, Window } from '../../record.ts'
import type { Serde } from '../../serde/serde.ts'
import type { StoreSpec } from '../../state/store.ts'

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

export type Handler<R> = (value: unknown, context: RecordContext) => R

/** Makes one value of a join; what is missing is undefined. */
export type Joiner = (left: unknown, right: unknown, context: RecordContext) => unknown

/** A topic as a topology sees it. Erased types: the DSL keeps the typed face. */
export interface TopicDefinition {
  readonly kind: 'topic' | 'table' | 'global-table'
  readonly name: string
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  /** Of a versioned table: how long versions are kept, milliseconds of event time. */
  readonly history?: number
}

/** State that a node keeps: what a store of it is made of. */
export interface NodeStore extends StoreSpec {
  /** Unique in a topology; the changelog is `<app>.<name>.changelog`. */
  readonly name: string
}

/** What is true of every node. The families narrow it. */
export interface AnyNode {
  readonly kind: string
  readonly input?: AnyNode
  readonly inputs?: readonly AnyNode[]
  /** Given by the author where the node leaves a trace in Kafka. */
  readonly name?: string
  readonly stores?: readonly NodeStore[]
  /** Inputs that must have equally many partitions: records of one key meet here. */
  readonly copartitioned?: boolean
  /** For failures of this node; without it those of the source. */
  readonly onFailure?: readonly AsyncPolicy[]
}

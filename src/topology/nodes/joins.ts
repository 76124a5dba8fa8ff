/** Joins of streams and tables, and what they keep and send. */
import type { DeadLetterPolicy, Policy } from '../../policies/policy.ts'
import type { Window } from '../../record.ts'
import type { Serde } from '../../serde/serde.ts'
import type { AnyNode, Handler, Joiner, NodeStore } from './base.ts'

export type JoinKind = 'inner' | 'left' | 'right' | 'outer'

/** Pairs of two streams with one key, not further apart than the bounds. Milliseconds. */
export interface StreamJoinNode {
  readonly kind: 'stream-join'
  /** Left, then right. */
  readonly inputs: readonly [AnyNode, AnyNode]
  readonly copartitioned: true
  readonly name: string
  readonly join: JoinKind
  readonly before: number
  readonly after: number
  readonly grace: number
  readonly emit: 'final' | 'updates'
  readonly joiner: Joiner
  readonly keySerde: Serde<unknown>
  /** Writes a `SidedValue` as its side does: for dead letters of rows that time made come out. */
  readonly rowSerde: Serde<unknown>
  /** Rows are `StoredValue`s. */
  readonly stores: readonly [left: NodeStore, right: NodeStore]
  /** For records that come too late; without it they are counted only. */
  readonly late?: DeadLetterPolicy
  readonly onFailure?: readonly Policy[]
}

/** A row that may still find a partner. */
export interface StoredValue {
  /** No row without a partner comes out for it any more: it found one, was out already, or its side never has any. */
  readonly spoken: boolean
  readonly value: unknown
}

export interface SidedValue {
  readonly side: 'left' | 'right'
  readonly value: unknown
}

/** A row of a table beside each record of a stream. */
export interface TableLookupNode {
  readonly kind: 'table-lookup'
  /** The stream, then the table. */
  readonly inputs: readonly [AnyNode, AnyNode]
  readonly copartitioned: true
  /** Given where records wait. */
  readonly name?: string
  readonly join: 'inner' | 'left'
  /** The row valid at the record's time, out of a versioned table. */
  readonly asOf: boolean
  /** How long a record waits for versions, milliseconds; null: not at all. */
  readonly grace: number | null
  readonly joiner: Joiner
  readonly keySerde: Serde<unknown>
  /** How the values of waiting records are written. */
  readonly rowSerde: Serde<unknown>
  /** Rows are `WaitingValue`s. */
  readonly stores: readonly NodeStore[]
  readonly onFailure?: readonly Policy[]
}

export interface WaitingValue {
  readonly value: unknown
  readonly window: Window | null
}

/** The current rows of two tables with one key. */
export interface TableJoinNode {
  readonly kind: 'table-join'
  readonly inputs: readonly [AnyNode, AnyNode]
  readonly copartitioned: true
  readonly join: JoinKind
  readonly joiner: Joiner
  readonly onFailure?: readonly Policy[]
}

/**
 * The left half of a foreign-key join, before the repartition: says to which right rows each left row belongs. Its
 * output goes through a repartition node to `foreign-key-right`, from there through another to `foreign-key-result`.
 */
export interface ForeignKeyLeftNode {
  readonly kind: 'foreign-key-left'
  readonly input: AnyNode
  readonly name: string
  readonly join: 'inner' | 'left'
  readonly tombstones: 'needed' | 'kafka-streams'
  readonly foreignKey: Handler<unknown>
  readonly keySerde: Serde<unknown>
  readonly foreignKeySerde: Serde<unknown>
  /** Rows are `Subscriber`s. */
  readonly stores: readonly [subscribers: NodeStore]
  /** The store of the result, which is in the same task: what is out. */
  readonly results: string
  readonly onFailure?: readonly Policy[]
}

/** To which right row a left row belongs at present. */
export interface Subscriber {
  /** Numbers the changes of left rows: an answer to an earlier one is dropped. */
  readonly edition: number
  readonly foreignKey: Uint8Array | null
}

/** What a request asks of the right side. */
export type Instruction = 'delete' | 'delete-and-answer' | 'answer-always' | 'answer-if-present'

/** From a left row to the right row it names. The record's key is the foreign key, null where it names none. */
export interface ForeignKeyRequest {
  readonly instruction: Instruction
  /** 0: the left row is deleted. */
  readonly edition: number
  readonly primaryKey: unknown
}

/** Back to the left row, whose key is the record's. */
export interface ForeignKeyAnswer {
  readonly edition: number
  /** Undefined: there is none. */
  readonly right: unknown
}

/** Keeps who asked for which right row, and answers them. */
export interface ForeignKeyRightNode {
  readonly kind: 'foreign-key-right'
  /** The requests, then the right table. */
  readonly inputs: readonly [AnyNode, AnyNode]
  readonly copartitioned: true
  readonly name: string
  readonly join: 'inner' | 'left'
  readonly keySerde: Serde<unknown>
  readonly foreignKeySerde: Serde<unknown>
  /** Rows are editions. */
  readonly stores: readonly [subscriptions: NodeStore]
}

/** Joins the answers with the left rows as they are now. */
export interface ForeignKeyResultNode {
  readonly kind: 'foreign-key-result'
  /** The answers, then the left table. */
  readonly inputs: readonly [AnyNode, AnyNode]
  readonly copartitioned: true
  readonly name: string
  readonly join: 'inner' | 'left'
  readonly joiner: Joiner
  readonly tombstones: 'needed' | 'kafka-streams'
  readonly keySerde: Serde<unknown>
  /** What is out. */
  readonly stores: readonly [results: NodeStore]
  /** The store of the left half, which is in the same task: the editions. */
  readonly subscribers: string
  readonly onFailure?: readonly Policy[]
}

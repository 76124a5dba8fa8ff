/** Folds, with and without windows, and what follows from them. */
import type { DeadLetterPolicy, Policy } from '../../policies/policy.ts'
import type { Window } from '../../record.ts'
import type { Serde } from '../../serde/serde.ts'
import type { Trigger } from '../../time/triggers.ts'
import type { Windows } from '../../time/windows.ts'
import type { AnyNode, NodeStore, RecordContext } from './base.ts'

/** A fold per key, per window if there is one. */
export interface AggregateNode {
  readonly kind: 'aggregate'
  readonly input: AnyNode
  /** `reduce` starts from the first value. */
  readonly fold: 'count' | 'reduce' | 'aggregate'
  readonly store: string
  readonly stores: readonly NodeStore[]
  readonly windows: Windows | null
  /** `final`: one row when the window closes. `updates`: a row per change. Without a window always `updates`. */
  readonly emit: 'final' | 'updates' | 'early' | 'on-time'
  /** Of `early`: when a provisional row comes out. */
  readonly trigger: Trigger | null
  readonly start: () => unknown
  readonly add: (sum: unknown, value: unknown, context: RecordContext) => unknown
  /** Of sessions: one sum out of two. */
  readonly merge: ((one: unknown, other: unknown) => unknown) | null
  /** What comes out of a sum, where it is not the sum. */
  readonly show?: (sum: unknown) => unknown
  /** Without windows: a row vanishes so long after its last change, milliseconds of event time. */
  readonly ttl: number | null
  readonly keySerde: Serde<unknown>
  readonly sumSerde: Serde<unknown>
  /** For records that all or some of their windows refuse; without it they are counted only. */
  readonly late?: DeadLetterPolicy
  readonly onFailure?: readonly Policy[]
}

/** The records that an operator refused. Its values are `LateRecord`s. */
export interface LateNode {
  readonly kind: 'late'
  readonly input: AnyNode
}

/** A record that came after its window had closed. */
export interface LateRecord<K = unknown, V = unknown, W extends Window | null = Window> {
  readonly key: K
  readonly value: V
  readonly time: number
  /** Which window refused it; null where the operator has none. */
  readonly window: W
  /** The operator that refused it, by its name. */
  readonly operator: string
  /** Where the operator's time stood, milliseconds since 1970. */
  readonly operatorTime: number
  readonly reason: 'window-closed' | 'too-late' | 'older-than-row' | 'older-than-history'
}

/** What an early or repeated result is. */
export interface Pane<S> {
  /** `early`: before the end; `on-time`: when time passed the end; `late`: changed since; `final`: never again. */
  readonly pane: 'early' | 'on-time' | 'late' | 'final'
  readonly value: S
}

/** A row of a window of so many records: its sum, how many there are, the smallest and largest of their times. */
export interface Counted {
  readonly sum: unknown
  readonly count: number
  readonly start: number
  readonly end: number
}

/** User code with state, timers and waiting. */
import type { AsyncPolicy, Policy } from '../../policies/policy.ts'
import type { Serde } from '../../serde/serde.ts'
import type { AnyNode, NodeStore } from './base.ts'

/** What a processor remembers per key. */
export interface StateDefinition {
  readonly kind: 'value' | 'map'
  /** Of a map's own keys; null for a value. */
  readonly key: Serde<unknown> | null
  readonly value: Serde<unknown>
  /** Milliseconds of event time after the last change. */
  readonly ttl: number | null
}

/** Erased: the typed face is in `steps/processing.ts`. */
export type ProcessHandler = (first: never, context: never) => Iterable<unknown> | undefined

export interface Punctuator {
  /** Milliseconds. */
  readonly every: number
  /** Called for every key that has state; else once, without a key. */
  readonly forEachKey: boolean
  readonly run: (context: never) => Iterable<unknown> | undefined
}

export interface ProcessNode {
  readonly kind: 'process'
  readonly input: AnyNode
  readonly name: string
  readonly state: Readonly<Record<string, StateDefinition>>
  readonly onRecord: ProcessHandler | null
  readonly onTimer: ProcessHandler | null
  readonly everyEventTime: Punctuator | null
  readonly everyWallClock: Punctuator | null
  readonly keySerde: Serde<unknown>
  /** One per state, `<name>.<state>`; `<name>.timers` where something is to happen later. */
  readonly stores: readonly NodeStore[]
  readonly onFailure?: readonly Policy[]
}

/** Awaits per record; results in input order per key. */
export interface MapAsyncNode {
  readonly kind: 'map-async'
  readonly input: AnyNode
  readonly name: string
  readonly handler: (value: unknown, context: never) => Promise<unknown>
  /** Records of a task that are under way at once. */
  readonly concurrency: number
  /** Milliseconds after which a record is rejected. */
  readonly timeout: number
  readonly onFailure?: readonly AsyncPolicy[]
}

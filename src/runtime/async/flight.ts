/** What is under way: a record, or a row that time made come out, and the calls that it waits for. */

import type { Timer } from '../../clock.ts'
import type { AsyncCall } from '../../operators/operator.ts'
import type { Pass } from '../breakers/breaker.ts'
import type { KeptRecord } from './kept-record.ts'

export interface Flight {
  /** Null for a row that no single record caused. */
  readonly record: KeptRecord | null
  /** While it is under way no step behind it hears of a later time. */
  readonly mark: number
  /** Calls that are not delivered. */
  readonly calls: Set<Call>
  /** True when it has left traces already, before or between its calls: then it can't be taken back by itself. */
  hasTraces: boolean
  /** Failed ones at the record, when it departed. */
  readonly attemptsBefore: number
}

export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly error: unknown }

export interface Call {
  readonly request: AsyncCall
  readonly flight: Flight
  /** Calls with the same lane go on in the order in which they came. */
  readonly lane: string
  /**
   * `waiting` for room, `asked`, `answered`; `resting` before it is asked once more; in the end `gone`: delivered, or no
   * longer wanted.
   */
  state: 'waiting' | 'asked' | 'answered' | 'resting' | 'gone'
  /** True where the answer is remembered, from before the transaction was taken back: nobody is asked. */
  readonly isGiven: boolean
  /** Failed attempts in this flight. */
  failures: number
  /** Monotonic milliseconds when it was first asked; NaN before. */
  askedAt: number
  /** Wall time until which it rests. */
  restsUntil: number
  answer: Answer | null
  abort: AbortController | null
  /** Of the breaker in front of the step. */
  pass: Pass | null
  timer: Timer | null
}

/** The same for equal keys of one step. */
export function laneOf(key: unknown): string {
  if (key instanceof Uint8Array) return `bytes ${Buffer.from(key).toString('latin1')}`
  return typeof key === 'object' && key !== null ? `json ${JSON.stringify(key)}` : `${typeof key} ${String(key)}`
}

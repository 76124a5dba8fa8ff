/** The cases of a branch. */
import type { Window } from '../record.ts'
import type { HandlerContext } from './handler.ts'

/** The case that takes what no other case took. */
export interface Otherwise {
  readonly kind: 'otherwise'
}

/** @example flights.branch({ cancelled: (flight) => flight.dep_time === null, departed: otherwise }) */
export const otherwise: Otherwise = Object.freeze({ kind: 'otherwise' })

export type BranchCase<K, V, W extends Window | null> =
  | Otherwise
  | ((value: V, context: HandlerContext<K, W>) => boolean)

export interface BranchCases<K, V, W extends Window | null> {
  readonly [name: string]: BranchCase<K, V, W>
}

type Guard<V, N extends V> = (value: V, context: never) => value is N

/** What is left of `V` in a case that is a type guard. */
export type NarrowedBy<Case, V> = Case extends Guard<V, infer N> ? N : V

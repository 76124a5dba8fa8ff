/** What the compiler knows about values that go through JSON, and which serdes must therefore be given. */
import type { Serde } from '../serde/serde.ts'

/**
 * `T` where JSON brings it back as it was, `never` where it doesn't: dates become text, maps become `{}`, bigints and
 * functions fail or vanish. A value without a known type passes.
 */
export type Jsonable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : T extends undefined | bigint | symbol | ((...parameters: never[]) => unknown)
      ? never
      : { [P in keyof T]: Jsonable<T[P]> | Extract<T[P], undefined> }

/** True when every value of `T` survives JSON. */
export type IsJsonable<T> = [T] extends [Jsonable<T>] ? true : false

/** A serde that may be left out when `json()` does. */
export type ValueSerde<V> = IsJsonable<V> extends true ? { readonly value?: Serde<V> } : { readonly value: Serde<V> }

/** The last parameter of a step that writes a `V`: it may be left out when `json()` does. */
export type LastOptions<O, V> = IsJsonable<V> extends true ? [options?: O] : [options: O]

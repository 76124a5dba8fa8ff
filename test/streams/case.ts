/**
 * A case of the differential test as plain JSON: operators, input and what is read. The Java driver and Millrace's side
 * build the same topology from it. Keys and values are text; a windowed key is written `key@start..end`.
 */

export type JoinKind = 'inner' | 'left' | 'right' | 'outer'
/** Append does not commute: `sum+value`, and `-value` where a row is taken back. */
export type FoldKind = 'count' | 'reduce' | 'append'
export type Emission = 'updates' | 'final' | 'suppress'

/** Milliseconds. */
export type WindowShape =
  | { readonly kind: 'tumbling'; readonly size: number; readonly grace: number }
  | { readonly kind: 'hopping'; readonly size: number; readonly hop: number; readonly grace: number }
  | { readonly kind: 'sliding'; readonly length: number; readonly grace: number }
  | { readonly kind: 'session'; readonly gap: number; readonly grace: number }

interface Unary {
  readonly id: string
  readonly of: string
}
interface Binary {
  readonly id: string
  readonly left: string
  readonly right: string
}

/** Topics are named in the operators; a store has the id of its operator, that of a table its topic's name. */
export type Operator =
  /** `keyless`: keys may be null, and nothing that needs a key follows. */
  | { readonly op: 'stream'; readonly id: string; readonly topic: string; readonly keyless?: true }
  | { readonly op: 'table'; readonly id: string; readonly topic: string }
  | { readonly op: 'versioned-table'; readonly id: string; readonly topic: string; readonly history: number }
  | { readonly op: 'global-table'; readonly id: string; readonly topic: string }
  /** `value` becomes `value` + suffix; null stays null. */
  | ({ readonly op: 'map'; readonly suffix: string } & Unary)
  /** Drops values whose mark modulo `modulus` is `drops`; null passes. */
  | ({ readonly op: 'filter'; readonly modulus: number; readonly drops: number } & Unary)
  /** The records whose mark modulo `modulus` is `takes`, by a branch that has a case before it; null goes to the other. */
  | ({ readonly op: 'branch'; readonly modulus: number; readonly takes: number } & Unary)
  | { readonly op: 'merge'; readonly id: string; readonly inputs: readonly string[] }
  /** Through a repartition topic named as the id; the key is `g` and the value's mark modulo `modulus`. */
  | ({ readonly op: 'key-by'; readonly modulus: number } & Unary)
  | ({ readonly op: 'fold'; readonly fold: FoldKind } & Unary)
  | ({
      readonly op: 'window-fold'
      readonly fold: FoldKind
      readonly windows: WindowShape
      readonly emit: Emission
    } & Unary)
  | {
      readonly op: 'cogroup'
      readonly id: string
      readonly inputs: readonly string[]
      /** Null: a table. */
      readonly windows: WindowShape | null
    }
  | ({ readonly op: 'group-fold'; readonly fold: FoldKind; readonly modulus: number } & Unary)
  | ({ readonly op: 'to-table' } & Unary)
  | ({
      readonly op: 'stream-join'
      readonly join: JoinKind
      readonly before: number
      readonly after: number
      readonly grace: number
      readonly emit: 'updates' | 'final'
    } & Binary)
  /** Right is a table; with `grace` it is versioned and records wait. */
  | ({ readonly op: 'table-lookup'; readonly join: 'inner' | 'left'; readonly grace: number | null } & Binary)
  /** Right is a global table; the key is the value's mark modulo `modulus`. */
  | ({ readonly op: 'global-lookup'; readonly join: 'inner' | 'left'; readonly modulus: number } & Binary)
  | ({ readonly op: 'table-join'; readonly join: JoinKind } & Binary)
  /** The foreign key is what follows `|` in the left value; null without it. */
  | ({ readonly op: 'foreign-key-join'; readonly join: 'inner' | 'left' } & Binary)
  | ({ readonly op: 'suppress'; readonly wait: number } & Unary)
  /** Passes records with a count per key, and says `tick@time` on time. Null: no punctuator of that kind. */
  | ({ readonly op: 'process'; readonly everyEventTime: number | null; readonly everyWallClock: number | null } & Unary)
  | ({ readonly op: 'to'; readonly topic: string } & Unary)

export type OperatorKind = Operator['op']
export type OperatorOf<K extends OperatorKind> = Extract<Operator, { readonly op: K }>

/** Time is event time in milliseconds; `advance` moves the wall clock. */
export type Step =
  | {
      readonly do: 'put'
      readonly topic: string
      readonly key: string | null
      readonly value: string | null
      readonly time: number
    }
  | { readonly do: 'advance'; readonly milliseconds: number }
export type Put = Extract<Step, { readonly do: 'put' }>

/** A store that is read at the end. */
export interface StoreToRead {
  readonly name: string
  readonly kind: 'key-value' | 'window' | 'session'
}

export interface Case {
  /** The family that made it, as in the summary. */
  readonly operator: string
  readonly operators: readonly Operator[]
  readonly steps: readonly Step[]
  readonly stores: readonly StoreToRead[]
}

/** A record of an output topic. */
export type OutputRow = readonly [topic: string, key: string | null, value: string | null, time: number]
/** Key (with its window), value, time. */
export type StoreRow = readonly [key: string, value: string, time: number]

export interface Answer {
  /** Per step what came out of all output topics, each in its order. */
  readonly steps: readonly (readonly OutputRow[])[]
  readonly stores: Readonly<Record<string, readonly StoreRow[]>>
}

/** What filters, branches and derived keys look at: the sum of a value's UTF-16 units. The Java driver has the same. */
export function markOf(value: string): number {
  let mark = 0
  for (let index = 0; index < value.length; index++) mark += value.charCodeAt(index)
  return mark
}

/** The steps that bring records. */
export function putsOf({ steps }: Pick<Case, 'steps'>): readonly Put[] {
  return steps.filter((step) => step.do === 'put')
}

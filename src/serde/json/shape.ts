/** What a schema declares, as plain data: what a decoder is compiled from. */

/** A limit of a number, or of a length. A value that a limit refuses is left to the schema, which words the refusal. */
export interface Bound {
  readonly is: 'integer' | 'at least' | 'above' | 'at most' | 'below'
  readonly limit: number
}

export type Scalar = string | number | boolean | null

export interface Field {
  readonly name: string
  readonly shape: Shape
  /** May be absent; then it is absent from the value too. */
  readonly optional: boolean
}

export interface ObjectShape {
  readonly kind: 'object'
  /** In the order in which the schema writes them into its result. */
  readonly fields: readonly Field[]
  /** Fields that are not declared vanish, or are the schema's to judge. */
  readonly undeclared: 'vanish' | 'abstain'
}

/** Nothing here changes a value: the schema's result is what stands in the JSON, less what is not declared. */
export type Shape =
  | { readonly kind: 'string'; readonly lengths: readonly Bound[] }
  | { readonly kind: 'number'; readonly bounds: readonly Bound[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'literal'; readonly values: ReadonlySet<Scalar> }
  | { readonly kind: 'nullable'; readonly inner: Shape }
  | { readonly kind: 'array'; readonly item: Shape; readonly lengths: readonly Bound[] }
  | ObjectShape

/** Whether a number is within all bounds, as one function; null where there are none. */
export function within(bounds: readonly Bound[]): ((value: number) => boolean) | null {
  if (bounds.length === 0) return null
  const tests = bounds.map(({ is, limit }) => test[is](limit))
  if (tests.length === 1) return tests[0]!
  return (value) => tests.every((passes) => passes(value))
}

const test: Readonly<Record<Bound['is'], (limit: number) => (value: number) => boolean>> = {
  integer: () => Number.isSafeInteger,
  'at least': (limit) => (value) => value >= limit,
  above: (limit) => (value) => value > limit,
  'at most': (limit) => (value) => value <= limit,
  below: (limit) => (value) => value < limit,
}

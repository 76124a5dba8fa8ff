/** How many rows a store may still have when time has moved far. */
import type { Case, Operator } from '../streams/case.ts'
import type { OwnFamily } from './own.ts'

/** The generator draws four keys, and as many groups; a foreign key adds a row of its own. */
const keys = 8

const closes: Readonly<Partial<Record<Operator['op'], (operator: never) => boolean>>> = {
  'window-fold': () => true,
  cogroup: ({ windows }: Extract<Operator, { op: 'cogroup' }>) => windows !== null,
  'stream-join': () => true,
  suppress: () => true,
  'table-lookup': ({ grace }: Extract<Operator, { op: 'table-lookup' }>) => grace !== null,
}

/** Nothing where all closes: stores are named after the operators that keep them. */
export function mostRows({ operators }: Case, store: string, own: OwnFamily | null): number {
  if (own !== null) return own.leaves ?? keys
  // Of a suppressed table: the rows as its readers see them.
  if (store.endsWith('.rows')) return keys
  const keeper = operators.find(({ id }) => store === id || store.startsWith(`${id}.`) || store.startsWith(`${id}-`))
  return keeper !== undefined && closes[keeper.op]?.(keeper as never) === true ? 0 : keys
}

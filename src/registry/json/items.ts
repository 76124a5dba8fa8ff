/** Arrays: what may stand at each place, and behind the last that is named. */
import type { Incompatibility } from '../schema.ts'
import type { Compare, Schema, SchemaObject } from './resolve.ts'

interface Items {
  /** Place by place. */
  readonly first: readonly Schema[]
  readonly rest: Schema
}

export function compareItems(
  reader: SchemaObject,
  writer: SchemaObject,
  path: string,
  compare: Compare,
): Incompatibility[] {
  const read = itemsOf(reader)
  const written = itemsOf(writer)
  const places = Math.max(read.first.length, written.first.length)
  const flaws: Incompatibility[] = []
  for (let place = 0; place < places; place++) {
    const at = `${path}/items/${place}`
    flaws.push(...compare(read.first[place] ?? read.rest, written.first[place] ?? written.rest, at))
  }
  return [...flaws, ...compare(read.rest, written.rest, `${path}/items`)]
}

/** `prefixItems` and `items` since draft 2020-12, `items` and `additionalItems` before. */
function itemsOf({ prefixItems, items, additionalItems }: SchemaObject): Items {
  if (Array.isArray(items)) return { first: items, rest: (additionalItems ?? true) as Schema }
  return { first: (prefixItems ?? []) as readonly Schema[], rest: (items ?? true) as Schema }
}

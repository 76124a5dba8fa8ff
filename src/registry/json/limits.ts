/** Keywords that bound a number or a size. */
import type { Incompatibility } from '../schema.ts'
import type { SchemaObject } from './resolve.ts'

/** Whether the reader's bound is at least as wide as the writer's. */
type Holds = (read: number, written: number) => boolean
const below: Holds = (read, written) => read <= written
const above: Holds = (read, written) => read >= written
const divides: Holds = (read, written) => read !== 0 && Number.isInteger(written / read)

const limits: Readonly<Record<string, Holds>> = {
  minimum: below,
  exclusiveMinimum: below,
  minLength: below,
  minItems: below,
  minProperties: below,
  maximum: above,
  exclusiveMaximum: above,
  maxLength: above,
  maxItems: above,
  maxProperties: above,
  multipleOf: divides,
}
/** A bound that says as much: `exclusiveMinimum: 3` keeps `minimum: 3`. */
const implied: Readonly<Record<string, string>> = { minimum: 'exclusiveMinimum', maximum: 'exclusiveMaximum' }

export function compareLimits(reader: SchemaObject, writer: SchemaObject, path: string): Incompatibility[] {
  const flaws: Incompatibility[] = []
  for (const [keyword, holds] of Object.entries(limits)) {
    const read = reader[keyword]
    if (read === undefined || (keyword.startsWith('min') && read === 0 && keyword !== 'minimum')) continue
    const written = writer[keyword] ?? writer[implied[keyword] ?? '']
    const isHeld =
      typeof read === 'number'
        ? typeof written === 'number' && holds(read, written)
        : read === false || read === written
    if (isHeld) continue
    flaws.push({ kind: 'LIMIT_NARROWED', path: `${path}/${keyword}`, message: `${keyword} is narrower than it was` })
  }
  if (reader.uniqueItems === true && writer.uniqueItems !== true) {
    flaws.push({ kind: 'UNIQUE_ITEMS_ADDED', path: `${path}/uniqueItems`, message: 'items must be unique now' })
  }
  return flaws
}

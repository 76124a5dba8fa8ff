/** Objects: what is required, and what may stand under each name. */
import type { Effort } from '../effort.ts'
import type { Incompatibility } from '../schema.ts'
import { matches } from './patterns.ts'
import type { Compare, Schema, SchemaObject } from './resolve.ts'

type Schemas = Readonly<Record<string, Schema>>

interface Compared {
  readonly reader: SchemaObject
  readonly writer: SchemaObject
  readonly path: string
  readonly compare: Compare
  readonly effort: Effort
}

/** @throws Exhausted where matching names with patterns would take too long */
export function compareProperties({ reader, writer, path, compare, effort }: Compared): Incompatibility[] {
  const names = new Set([...Object.keys(propertiesOf(reader)), ...Object.keys(propertiesOf(writer))])
  const flaws = [...compareRequired(reader, writer, path)]
  const read = placesOf(reader)
  const written = placesOf(writer)
  for (const name of names) {
    flaws.push(...compare(schemaOf(read, name, effort), schemaOf(written, name, effort), `${path}/properties/${name}`))
  }
  for (const pattern of new Set([...read.patterns.keys(), ...written.patterns.keys()])) {
    const [one, other] = [read.patterns.get(pattern) ?? read.rest, written.patterns.get(pattern) ?? written.rest]
    flaws.push(...compare(one, other, `${path}/patternProperties/${pattern}`))
  }
  return [...flaws, ...compare(read.rest, written.rest, `${path}/additionalProperties`)]
}

function compareRequired(reader: SchemaObject, writer: SchemaObject, path: string): Incompatibility[] {
  const written = new Set((writer.required ?? []) as readonly string[])
  const properties = propertiesOf(reader)
  const added = ((reader.required ?? []) as readonly string[]).filter(
    (name) => !written.has(name) && !(Object.hasOwn(properties, name) && hasDefault(properties[name])),
  )
  return added.map((name) => ({
    kind: 'REQUIRED_ATTRIBUTE_ADDED',
    path: `${path}/required/${name}`,
    message: `${name} is required now, and has no default`,
  }))
}

function hasDefault(schema: Schema | undefined): boolean {
  return typeof schema === 'object' && 'default' in schema
}

/** What may stand where in an object. */
interface Places {
  readonly own: Schemas
  readonly patterns: ReadonlyMap<string, Schema>
  /** Under every other name. */
  readonly rest: Schema
}

function placesOf(schema: SchemaObject): Places {
  const patterns = new Map(Object.entries((schema.patternProperties ?? {}) as Schemas))
  return { own: propertiesOf(schema), patterns, rest: (schema.additionalProperties ?? true) as Schema }
}

/** What may stand under a name. Where several patterns match, the first is looked at. */
function schemaOf({ own, patterns, rest }: Places, name: string, effort: Effort): Schema {
  if (Object.hasOwn(own, name)) return own[name]!
  for (const [pattern, schema] of patterns) if (matches(pattern, name, effort)) return schema
  return rest
}

function propertiesOf(schema: SchemaObject): Schemas {
  return (schema.properties ?? {}) as Schemas
}

/** Objects: what is required, and what may stand under each name. */
import type { Incompatibility } from '../schema.ts'
import type { Compare, Schema, SchemaObject } from './resolve.ts'

type Schemas = Readonly<Record<string, Schema>>

export function compareProperties(
  reader: SchemaObject,
  writer: SchemaObject,
  path: string,
  compare: Compare,
): Incompatibility[] {
  const names = new Set([...Object.keys(propertiesOf(reader)), ...Object.keys(propertiesOf(writer))])
  const flaws = [...compareRequired(reader, writer, path)]
  for (const name of names) {
    flaws.push(...compare(schemaOf(reader, name), schemaOf(writer, name), `${path}/properties/${name}`))
  }
  for (const pattern of Object.keys(patternsOf(reader))) {
    const written = patternsOf(writer)[pattern] ?? additionalOf(writer)
    flaws.push(...compare(patternsOf(reader)[pattern]!, written, `${path}/patternProperties/${pattern}`))
  }
  for (const [pattern, written] of Object.entries(patternsOf(writer))) {
    if (pattern in patternsOf(reader)) continue
    flaws.push(...compare(additionalOf(reader), written, `${path}/patternProperties/${pattern}`))
  }
  return [...flaws, ...compare(additionalOf(reader), additionalOf(writer), `${path}/additionalProperties`)]
}

function compareRequired(reader: SchemaObject, writer: SchemaObject, path: string): Incompatibility[] {
  const written = (writer.required ?? []) as readonly string[]
  const added = ((reader.required ?? []) as readonly string[]).filter(
    (name) => !written.includes(name) && !hasDefault(propertiesOf(reader)[name]),
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

/** What may stand under a name. Where several patterns match, the first is looked at. */
function schemaOf(schema: SchemaObject, name: string): Schema {
  const own = propertiesOf(schema)
  if (Object.hasOwn(own, name)) return own[name]!
  const pattern = Object.keys(patternsOf(schema)).find((each) => matches(each, name))
  return pattern === undefined ? additionalOf(schema) : patternsOf(schema)[pattern]!
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name)
  } catch {
    return false
  }
}

function propertiesOf(schema: SchemaObject): Schemas {
  return (schema.properties ?? {}) as Schemas
}

function patternsOf(schema: SchemaObject): Schemas {
  return (schema.patternProperties ?? {}) as Schemas
}

function additionalOf(schema: SchemaObject): Schema {
  return (schema.additionalProperties ?? true) as Schema
}

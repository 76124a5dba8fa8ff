/** Text of any kind of schema, with what it refers to, parsed. */
import { avroSchema } from './avro/avro.ts'
import { refusals } from './errors.ts'
import { InvalidSchema } from './invalid-schema.ts'
import { jsonSchema } from './json/json.ts'
import type { Content, Reference, SchemaType } from './model.ts'
import type { ParsedSchema, ResolvedReference } from './schema.ts'
import type { State } from './state.ts'

const parsers: Readonly<Record<SchemaType, (text: string, references: readonly ResolvedReference[]) => ParsedSchema>> =
  { AVRO: avroSchema, JSON: jsonSchema }

/** The kinds that can be registered. */
export const schemaTypes: readonly string[] = Object.keys(parsers)

/**
 * Parses a content.
 * @throws RegistryError 42201 for a schema that can't be used, or a reference that leads nowhere
 */
export function parseContent({ schemaType, schema, references }: Content, state: State): ParsedSchema {
  const parser = parsers[schemaType]
  if (parser === undefined) {
    throw refusals.invalidSchema(
      `the type ${schemaType} is not served by this registry, only ${schemaTypes.join(', ')}`,
    )
  }
  try {
    return parser(schema, resolveReferences(references, state))
  } catch (error) {
    if (error instanceof InvalidSchema) throw refusals.invalidSchema(error.message)
    throw error
  }
}

/** So many schemas may be needed for one. */
const mostReferences = 500

/** What is used stands before what uses it, each once. */
function resolveReferences(references: readonly Reference[], state: State): ResolvedReference[] {
  const resolved = new Map<string, ResolvedReference>()
  const passed = new Set<string>()
  const visit = ({ name, subject, version }: Reference): void => {
    const place = `${subject} version ${version}`
    if (resolved.has(place)) return
    const found = state.find(subject, version)
    if (found === undefined) throw refusals.invalidSchema(`the reference ${name} leads to ${place}, which is not there`)
    if (passed.has(place)) throw refusals.invalidSchema(`the reference ${name} leads to ${place}, and from there back`)
    if (passed.size === mostReferences) throw refusals.invalidSchema(`it needs more than ${mostReferences} others`)
    passed.add(place)
    found.references.forEach(visit)
    resolved.set(place, { name, schema: found.schema })
  }
  references.forEach(visit)
  return [...resolved.values()]
}

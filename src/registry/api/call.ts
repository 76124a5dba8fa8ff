/** One request as the handlers see it. */
import { refusals } from '../errors.ts'
import type { Journal } from '../journal.ts'
import type { Reference, SchemaType } from '../model.ts'
import type { Submission } from '../register.ts'

export interface Call {
  readonly journal: Journal
  /** The parts of the path that the route leaves open, decoded. */
  readonly parameters: readonly string[]
  readonly query: URLSearchParams
  /** The body, parsed; undefined where there is none. */
  readonly body: unknown
}

/** True for `?name=true`, whatever its case. */
export function flag({ query }: Call, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true'
}

/** The body as an object. @throws RegistryError 400 */
export function fieldsOf({ body }: Call): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw refusals.malformed('The body is no JSON object')
}

/** A schema that was sent. What this registry does not keep is refused, not dropped. @throws RegistryError 400, 42201 */
export function submissionOf(call: Call): Submission {
  const { schema, schemaType, references, id, version, metadata, ruleSet } = fieldsOf(call)
  if (typeof schema !== 'string') throw refusals.invalidSchema('the body has no text named schema')
  if ((metadata ?? ruleSet ?? null) !== null) throw refusals.invalidSchema('metadata and rule sets are not kept here')
  const content = {
    schemaType: typeOf(schemaType),
    schema,
    references: referencesOf(references),
  }
  return { content, normalize: flag(call, 'normalize'), id: numberOf(id), version: numberOf(version) }
}

function typeOf(given: unknown): SchemaType {
  if (given === undefined || given === null) return 'AVRO'
  if (typeof given !== 'string') throw refusals.malformed('schemaType is no text')
  return given.toUpperCase() as SchemaType
}

function referencesOf(given: unknown): readonly Reference[] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) throw refusals.malformed('references are no list')
  return given.map((each: Partial<Reference> | null) => {
    const { name, subject, version } = each ?? {}
    if (typeof name === 'string' && typeof subject === 'string' && Number.isInteger(version)) {
      return { name, subject, version: version! }
    }
    throw refusals.malformed('a reference has a name, a subject and a version')
  })
}

/** Clients send -1 and 0 for "none". */
function numberOf(given: unknown): number | null {
  return Number.isInteger(given) && (given as number) > 0 ? (given as number) : null
}

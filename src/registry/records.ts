/**
 * The records of the topic `_schemas`, in the format of Confluent's registry, so that either can take up where the other
 * stopped. Keys are written byte for byte as it writes them: compaction goes by bytes.
 */
import { type Level, levels, type Mode, modes, type Reference, type SchemaType, type Version } from './model.ts'

/** A record to write; a null value removes the key at the next compaction. */
export interface JournalRecord {
  readonly key: string
  readonly value: string | null
}

/** What a record says. */
export type Entry =
  | { readonly kind: 'schema'; readonly version: Version }
  | { readonly kind: 'schema-gone'; readonly subject: string; readonly version: number }
  | { readonly kind: 'subject-deleted'; readonly subject: string; readonly version: number }
  | { readonly kind: 'level'; readonly subject: string | null; readonly level: Level | null }
  | { readonly kind: 'mode'; readonly subject: string | null; readonly mode: Mode | null }
  | { readonly kind: 'highest-id'; readonly id: number }

const schemaKey = (subject: string, version: number): string =>
  JSON.stringify({ keytype: 'SCHEMA', subject, version, magic: 1 })
const key = (keytype: string, subject: string | null): string => JSON.stringify({ keytype, subject, magic: 0 })

/** Records by what they say. */
export const recordOf = {
  schema({ subject, version, id, schemaType, references, schema, deleted }: Version): JournalRecord {
    const kind = schemaType === 'AVRO' ? {} : { schemaType }
    const used = references.length === 0 ? {} : { references }
    const value = JSON.stringify({ subject, version, id, ...kind, ...used, schema, deleted })
    return { key: schemaKey(subject, version), value }
  },
  schemaGone: (subject: string, version: number): JournalRecord => ({ key: schemaKey(subject, version), value: null }),
  subjectDeleted: (subject: string, version: number): JournalRecord => ({
    key: key('DELETE_SUBJECT', subject),
    value: JSON.stringify({ subject, version }),
  }),
  level: (subject: string | null, level: Level | null): JournalRecord => ({
    key: key('CONFIG', subject),
    value: level && JSON.stringify({ compatibilityLevel: level }),
  }),
  mode: (subject: string | null, mode: Mode | null): JournalRecord => ({
    key: key('MODE', subject),
    value: mode && JSON.stringify({ mode }),
  }),
  /** Confluent's registry reads no value here. Ours keeps the highest id, so that no id comes back after its schema is gone. */
  highestId: (id: number): JournalRecord => ({
    key: JSON.stringify({ keytype: 'NOOP', magic: 0 }),
    value: JSON.stringify({ highestId: id }),
  }),
} as const

interface Key {
  readonly keytype: string
  readonly subject: string | null
  readonly version: number
}

/**
 * Reads a record; null for what says nothing to us: one that others wrote wrongly must not be taken for half a schema.
 * @throws SyntaxError for what is not JSON
 */
export function entryOf(keyText: string, valueText: string | null): Entry | null {
  const { keytype, subject = null, version } = JSON.parse(keyText) as Key
  const value = valueText === null ? null : (JSON.parse(valueText) as Readonly<Record<string, unknown>> | null)
  switch (keytype) {
    case 'SCHEMA':
      if (value !== null) return schemaEntry(value)
      return isText(subject) && isNumber(version) ? { kind: 'schema-gone', subject, version } : null
    case 'DELETE_SUBJECT':
      if (!isText(subject) || !isNumber(value?.version)) return null
      return { kind: 'subject-deleted', subject, version: value.version }
    case 'CONFIG':
      return settingOf('level', subject, value?.compatibilityLevel ?? null, levels)
    case 'MODE':
      return settingOf('mode', subject, value?.mode ?? null, modes)
    case 'NOOP':
      return isNumber(value?.highestId) ? { kind: 'highest-id', id: value.highestId } : null
    default:
      return null
  }
}

function settingOf<K extends 'level' | 'mode', T extends string>(
  kind: K,
  subject: string | null,
  given: unknown,
  known: readonly T[],
): Entry | null {
  if (subject !== null && !isText(subject)) return null
  const value = known.find((each) => each === given) ?? null
  return value === null && given !== null ? null : ({ kind, subject, [kind]: value } as unknown as Entry)
}

function schemaEntry(value: Readonly<Record<string, unknown>>): Entry | null {
  const { subject, version, id, schemaType = 'AVRO', references, schema, deleted = false } = value
  if (!isText(subject) || !isText(schema) || !isText(schemaType) || !isNumber(version) || !isNumber(id)) return null
  const used = Array.isArray(references) ? references.filter(isReference) : []
  const content = { schemaType: schemaType as SchemaType, schema, references: used }
  return { kind: 'schema', version: { subject, version, id, ...content, deleted: deleted === true } }
}

function isReference(given: Partial<Reference> | null): given is Reference {
  return isText(given?.name) && isText(given.subject) && isNumber(given.version)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

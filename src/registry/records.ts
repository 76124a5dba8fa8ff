/**
 * The records of the topic `_schemas`, in the format of Confluent's registry, so that either can take up where the other
 * stopped. Keys are written byte for byte as it writes them: compaction goes by bytes.
 */
import type { Level, Mode, Version } from './model.ts'

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

/** Reads a record; null for what says nothing to us. @throws SyntaxError for what is not JSON */
export function entryOf(keyText: string, valueText: string | null): Entry | null {
  const { keytype, subject = null, version } = JSON.parse(keyText) as Key
  const value = valueText === null ? null : (JSON.parse(valueText) as Readonly<Record<string, unknown>> | null)
  switch (keytype) {
    case 'SCHEMA':
      return value === null ? { kind: 'schema-gone', subject: subject!, version } : schemaEntry(value)
    case 'DELETE_SUBJECT':
      return value && { kind: 'subject-deleted', subject: subject!, version: value.version as number }
    case 'CONFIG':
      return { kind: 'level', subject, level: (value?.compatibilityLevel ?? null) as Level | null }
    case 'MODE':
      return { kind: 'mode', subject, mode: (value?.mode ?? null) as Mode | null }
    case 'NOOP':
      return typeof value?.highestId === 'number' ? { kind: 'highest-id', id: value.highestId } : null
    default:
      return null
  }
}

function schemaEntry(value: Readonly<Record<string, unknown>>): Entry {
  const { subject, version, id, schemaType = 'AVRO', references, schema, deleted = false } = value as unknown as Version
  return {
    kind: 'schema',
    version: { subject, version, id, schemaType, references: references ?? [], schema, deleted },
  }
}

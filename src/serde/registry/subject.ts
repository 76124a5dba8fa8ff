/** Under which subject a schema is registered. */

/** What a subject can be made of. `record` is the full name in the schema, empty where it has none. */
export interface SubjectParts {
  readonly topic: string
  readonly part: 'key' | 'value'
  readonly record: string
}

/**
 * `topic` (default): `orders-value`, one schema a topic. `record`: `shop.Order`, the same in every topic. `topic-record`:
 * `orders-shop.Order`, several kinds of record in a topic. Or a function of your own.
 */
export type SubjectNaming = keyof typeof strategies | ((parts: SubjectParts) => string)

const strategies = {
  topic: ({ topic, part }: SubjectParts) => `${topic}-${part}`,
  record: ({ record }: SubjectParts) => record,
  'topic-record': ({ topic, record }: SubjectParts) => `${topic}-${record}`,
} as const

export function subjectOf(naming: SubjectNaming, parts: SubjectParts): string {
  return typeof naming === 'function' ? naming(parts) : strategies[naming](parts)
}

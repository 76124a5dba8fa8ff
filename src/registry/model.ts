/** The words of the registry. */

/** Kinds of schema that are kept. Protobuf is refused by name: without a parser its evolution could not be judged. */
export type SchemaType = 'AVRO' | 'JSON'

/** A name used in a schema that another subject's version defines. */
export interface Reference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** What an id stands for. The text is canonical: two texts that differ in white space only are one content. */
export interface Content {
  readonly schemaType: SchemaType
  readonly schema: string
  readonly references: readonly Reference[]
}

/** A content in its place under a subject. `deleted` means softly: it can still be read by its id. */
export interface Version extends Content {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly deleted: boolean
}

export const levels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const
export type Level = (typeof levels)[number]

export const modes = ['READWRITE', 'READONLY', 'IMPORT'] as const
export type Mode = (typeof modes)[number]

export const defaultLevel: Level = 'BACKWARD'
export const defaultMode: Mode = 'READWRITE'

/** Two contents with the same key get the same id. */
export function contentKey({ schemaType, schema, references }: Content): string {
  return JSON.stringify([schemaType, schema, references.map(({ name, subject, version }) => [name, subject, version])])
}

/** Where serdes get schemas from and register theirs: a registry, or memory. */
import type { Type } from 'avsc'

export type SchemaKind = 'AVRO' | 'JSON'

/** A schema as it is sent to a registry. */
export interface SchemaText {
  readonly kind: SchemaKind
  readonly text: string
}

/** The schema something was written with. That of JSON is in the text already: the reader checks by its own. */
export type WriterSchema = { readonly kind: 'AVRO'; readonly type: Type } | { readonly kind: 'JSON' }

/** What serdes ask of a registry. Everything but a refusal may be asked again later. */
export interface SchemaSource {
  /** For messages: its address. */
  readonly name: string
  /** The schema of an id; null when the registry says that there is none. @throws RegistryRefusal for one that can't be used */
  schema(id: number): Promise<WriterSchema | null>
  /** The id of a schema under a subject, registered if need be. @throws RegistryRefusal */
  register(subject: string, schema: SchemaText): Promise<number>
  /** The id of a schema under a subject; null when it is not registered there. */
  find(subject: string, schema: SchemaText): Promise<number | null>
  /** A source that needs no waiting: what topologies are driven with by hand. */
  readonly now?: {
    schema(id: number): WriterSchema | null
    register(schema: SchemaText): number
  }
}

/** The registry has answered, and it is no. Asking again is no use. */
export class RegistryRefusal extends Error {
  override readonly name = 'RegistryRefusal'
}

/** JSON Schema as the registry needs it. */
import type { Effort } from '../effort.ts'
import { InvalidSchema } from '../invalid-schema.ts'
import { type ParsedSchema, parseJson, type ResolvedReference, sortKeys } from '../schema.ts'
import { unreadableJson } from './compare.ts'
import { checkKeywords } from './keywords.ts'
import { Document, isSchema, type Schema, type SchemaObject } from './resolve.ts'

class JsonSchema implements ParsedSchema {
  readonly canonical: string
  readonly normalized: string
  private readonly document: Document

  constructor(document: Document) {
    this.document = document
    this.canonical = JSON.stringify(document.root)
    this.normalized = JSON.stringify(sortKeys(document.root))
  }

  unreadable(writer: ParsedSchema, effort: Effort): ReturnType<typeof unreadableJson> {
    return unreadableJson(this.document, (writer as JsonSchema).document, effort)
  }
}

/** @throws InvalidSchema */
export function jsonSchema(text: string, references: readonly ResolvedReference[]): ParsedSchema {
  const others = new Map<string, Document>()
  for (const { name, schema } of references) {
    const root = schemaOf(schema)
    const document = new Document(root, others)
    others.set(name, document)
    if (typeof root === 'object' && typeof root.$id === 'string') others.set(root.$id, document)
  }
  const document = new Document(schemaOf(text), others)
  resolveAll(document.root, document)
  return new JsonSchema(document)
}

function schemaOf(text: string): Schema {
  const root = parseJson(text)
  if (!isSchema(root)) throw new InvalidSchema('a JSON Schema is an object, true or false')
  checkKeywords(root)
  return root
}

/** Every `$ref` leads somewhere. Values and examples are no schemas. */
function resolveAll(value: unknown, document: Document): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) document.resolve(value as Schema)
  for (const [name, part] of Object.entries(value as SchemaObject)) {
    if (!['enum', 'const', 'default', 'examples'].includes(name)) resolveAll(part, document)
  }
}

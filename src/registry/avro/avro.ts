/** Avro as the registry needs it. */
import type { Effort } from '../effort.ts'
import { InvalidSchema } from '../invalid-schema.ts'
import { type ParsedSchema, parseJson, type ResolvedReference } from '../schema.ts'
import { unreadableAvro } from './compare.ts'
import { Names, parseAvro } from './parse.ts'
import { printAvro } from './print.ts'
import type { AvroType } from './types.ts'

class AvroSchema implements ParsedSchema {
  readonly canonical: string
  readonly normalized: string
  private readonly type: AvroType

  constructor(type: AvroType, known: readonly string[]) {
    this.type = type
    this.canonical = printAvro(type, known, false)
    this.normalized = printAvro(type, known, true)
  }

  unreadable(writer: ParsedSchema, effort: Effort): ReturnType<typeof unreadableAvro> {
    return unreadableAvro(this.type, (writer as AvroSchema).type, effort)
  }
}

/**
 * @example avroSchema('{"type":"string"}', []).canonical // '"string"'
 * @throws InvalidSchema
 */
export function avroSchema(text: string, references: readonly ResolvedReference[]): ParsedSchema {
  const names = new Names()
  for (const { schema } of references) parseAvro(parseJson(schema), names)
  const known = [...names.keys()]
  return new AvroSchema(parseAvro(bareName(text) ?? parseJson(text), names), known)
}

/** The text of a schema may be a name without quotes: `string`. */
function bareName(text: string): string | null {
  if (text.trim() === '') throw new InvalidSchema('empty')
  return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(text.trim()) ? text.trim() : null
}

/** JSON whose schema is in a registry. */
import { MillraceError, reject, toError } from '../../faults.ts'
import { decodeJson } from '../json-decode.ts'
import { encodeJson } from '../json-encode.ts'
import type { Serde, SerdeUse } from '../serde.ts'
import { compileJsonSchema, type FindFlaw } from './ajv.ts'
import { type RegistrySerdeOptions, registryUse } from './options.ts'
import { SchemaCache } from './schema-cache.ts'
import type { WriterSchema } from './source.ts'
import { headerBytes, schemaIdOf, withHeader } from './wire.ts'
import { WriterId } from './writer-id.ts'

export interface JsonSchemaOptions extends RegistrySerdeOptions {
  /** A JSON Schema: what is written and what is read must fit it. Defaults are filled in where something is missing. */
  readonly schema: object
}

/**
 * Values as JSON, behind the id of their schema in a registry.
 * @example
 * const schema = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] }
 * topic('orders', { value: jsonSchema<Order>({ registry: 'http://localhost:8081', schema }) })
 * @throws MillraceError MR1003 for a schema or an address that is not valid; later MR3001, MR3002, MR3006, MR3007
 */
export function jsonSchema<T>(options: JsonSchemaOptions): Serde<T> {
  const { source, naming, ...use } = registryUse(options)
  const schema = { kind: 'JSON', text: JSON.stringify(options.schema) } as const
  const { title } = options.schema as { readonly title?: string }
  const writer = new WriterId({ ...use, source, schema, naming, record: title ?? '' })
  const writers = new SchemaCache<WriterSchema>({ ...use, source, compile: onlyJson })
  const flawOfRead = compile(options.schema, true)
  const flawOfWritten = compile(options.schema, false)
  return Object.freeze({
    name: 'json-schema',
    nullable: false,
    decode(bytes: Buffer, start: number, end: number): T {
      writers.get(schemaIdOf(bytes, start, end))
      const value = decodeJson(bytes, start + headerBytes, end, 'reject')
      check(flawOfRead, value, 'MR3001')
      return value as T
    },
    encode(value: T): Buffer {
      check(flawOfWritten, value, 'MR3002')
      const text = encodeJson(value, false)
      const bytes = withHeader(writer.get(), Buffer.byteLength(text))
      bytes.write(text, headerBytes)
      return bytes
    },
    async prepare(where: SerdeUse) {
      const id = await writer.prepare(where)
      if (id !== null) writers.learn(id, { kind: 'JSON' })
    },
  })
}

function onlyJson(schema: WriterSchema): WriterSchema {
  if (schema.kind === 'JSON') return schema
  throw reject(`The value was written as ${schema.kind}, not JSON`, { code: 'MR3001' })
}

function check(findFlaw: FindFlaw, value: unknown, code: 'MR3001' | 'MR3002'): void {
  const flaw = findFlaw(value)
  if (flaw !== null) throw reject(`The schema refuses it: ${flaw}`, { code })
}

function compile(schema: object, useDefaults: boolean): FindFlaw {
  try {
    return compileJsonSchema(schema, useDefaults)
  } catch (cause) {
    const why = toError(cause).message
    const fix = 'correct the schema; what other subjects define must be written out here'
    throw new MillraceError('fatal', { code: 'MR1003', what: 'The JSON Schema is not valid', why, fix }, { cause })
  }
}

/** `millrace/avro`: values whose schemas are in a registry, as Avro or as JSON. */
import type { Serde, SerdeUse } from '../serde.ts'
import { type AvroDecode, decoderOf, encodeAvro, readerTypeOf } from './avro-codec.ts'
import type { AvroSchema, ValueOf } from './avro-types.ts'
import { type RegistrySerdeOptions, registryUse } from './options.ts'
import { SchemaCache } from './schema-cache.ts'
import { schemaIdOf } from './wire.ts'
import { WriterId } from './writer-id.ts'

export type { AvroSchema, ValueOf } from './avro-types.ts'
export { type JsonSchemaOptions, jsonSchema } from './json-schema.ts'
export { type MemoryRegistry, memoryRegistry } from './memory.ts'
export type { RegistrySerdeOptions } from './options.ts'
export type { RegistrySettings } from './settings.ts'
export type { SchemaSource, SchemaText, WriterSchema } from './source.ts'
export type { SubjectNaming, SubjectParts } from './subject.ts'

export interface AvroOptions<S = AvroSchema> extends RegistrySerdeOptions {
  /** What is written is written with it; what is read is read as it, whatever schema it was written with. */
  readonly schema: S
}

/**
 * Values as Avro, behind the id of their schema in a registry. Each is read as a value of the schema given here: fields
 * that were added since get their defaults, fields that are unknown here are passed over. Whole numbers beyond 2^53 are
 * refused, never rounded.
 * @example
 * const Order = { type: 'record', name: 'Order', fields: [{ name: 'total', type: 'double' }] } as const
 * const orders = topic('orders', { value: avro({ registry: 'http://localhost:8081', schema: Order }) })
 * @throws MillraceError MR1003 for a schema or an address that is not valid; later MR3001, MR3002, MR3006, MR3007
 */
export function avro<const S extends AvroSchema>(options: AvroOptions<S>): Serde<ValueOf<S>>
export function avro<T>(options: AvroOptions): Serde<T>
export function avro(options: AvroOptions): Serde<unknown> {
  const { source, naming, ...use } = registryUse(options)
  const type = readerTypeOf(options.schema)
  const schema = { kind: 'AVRO', text: JSON.stringify(options.schema) } as const
  const writer = new WriterId({ ...use, source, schema, naming, record: type.name ?? '' })
  const compile = (written: Parameters<typeof decoderOf>[1]): AvroDecode => decoderOf(type, written)
  const readers = new SchemaCache<AvroDecode>({ ...use, source, compile })
  return Object.freeze({
    name: 'avro',
    nullable: false,
    decode: (bytes: Buffer, start: number, end: number) =>
      readers.get(schemaIdOf(bytes, start, end))(bytes, start, end),
    encode: (value: unknown) => encodeAvro(type, writer.get(), value),
    async prepare(where: SerdeUse) {
      const id = await writer.prepare(where)
      if (id !== null) readers.learn(id, decoderOf(type, { kind: 'AVRO', type }))
    },
  })
}

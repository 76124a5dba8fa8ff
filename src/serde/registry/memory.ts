/** A registry in memory, for topologies that are driven by hand and for tests: no server, no waiting. */
import avsc from 'avsc'
import type { SchemaSource, SchemaText, WriterSchema } from './source.ts'

export interface MemoryRegistry extends SchemaSource {
  readonly now: NonNullable<SchemaSource['now']>
}

/**
 * A registry in memory. Every schema is taken as it is: nothing judges whether it may follow another.
 * @param known schemas by id, as another program has registered them
 * @example
 * const registry = memoryRegistry()
 * const orders = topic('orders', { value: avro({ registry, schema: Order }) })
 */
export function memoryRegistry(known: Readonly<Record<number, object>> = {}): MemoryRegistry {
  const texts = new Map<number, SchemaText>()
  for (const [id, schema] of Object.entries(known)) texts.set(Number(id), textOf(schema))
  const register = (schema: SchemaText): number => {
    for (const [id, each] of texts) if (each.kind === schema.kind && each.text === schema.text) return id
    const id = Math.max(0, ...texts.keys()) + 1
    texts.set(id, schema)
    return id
  }
  const schema = (id: number): WriterSchema | null => {
    const text = texts.get(id)
    return text === undefined ? null : compile(text)
  }
  return {
    name: 'memory',
    now: { schema, register },
    schema: async (id) => schema(id),
    register: async (_subject, text) => register(text),
    find: async (_subject, text) => register(text),
  }
}

/** JSON Schemas name no Avro type. */
function textOf(schema: object): SchemaText {
  const jsonTypes = ['object', 'integer', 'number']
  const { type } = schema as { readonly type?: unknown }
  const isJson = type === undefined || '$schema' in schema || jsonTypes.includes(String(type))
  return { kind: isJson ? 'JSON' : 'AVRO', text: JSON.stringify(schema) }
}

function compile({ kind, text }: SchemaText): WriterSchema {
  const schema = JSON.parse(text) as avsc.Schema
  if (kind === 'JSON') return { kind }
  return { kind, type: avsc.Type.forSchema(schema, { omitRecordMethods: true }) }
}

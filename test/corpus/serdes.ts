/** Every serde, over one registry that knows these schemas. */
import { z } from 'zod'
import { bytes, evolving, json, nullable, number, type Serde, text } from '../../src/index.ts'
import { avro, jsonSchema, memoryRegistry } from '../../src/serde/registry/avro.ts'

const order = { type: 'record', name: 'Order', fields: [field('id', 'string'), field('total', 'double')] }
const orderOfTexts = { ...order, fields: [field('id', 'string'), field('total', 'string')] }
const orderOfLongs = { ...order, fields: [field('id', 'string'), field('total', 'long')] }
const longOrder = { ...order, fields: [field('id', 'string'), field('note', 'string'), field('total', 'double')] }
const orderSchema = {
  type: 'object',
  properties: { id: { type: 'string' }, total: { type: 'number' } },
  required: ['id', 'total'],
}
const list = { type: 'array', items: 'int' }
const suit = { type: 'enum', name: 'Suit', symbols: ['HEARTS', 'SPADES'] }
const suitOfThree = { ...suit, symbols: ['HEARTS', 'SPADES', 'CLUBS'] }
const chain = { type: 'record', name: 'Chain', fields: [field('value', 'int'), field('next', ['null', 'Chain'])] }
const wide = {
  type: 'record',
  name: 'Wide',
  fields: Array.from({ length: 10_000 }, (_, at) => field(`f${at}`, 'int')),
}
const map = { type: 'map', values: 'int' }

/** The ids that stand in the files. */
const registry = memoryRegistry({
  1: order,
  2: orderSchema,
  3: orderOfTexts,
  4: list,
  5: suitOfThree,
  6: chain,
  7: wide,
  8: longOrder,
  9: map,
  10: orderOfLongs,
  11: suit,
})

/** By the names that the table of expectations uses. */
export const serdes: Readonly<Record<string, Serde<unknown>>> = {
  text,
  number,
  bytes,
  json: json(),
  'json-bigint': json(undefined, { largeIntegers: 'bigint' }),
  'json-order': json(z.object({ id: z.string(), total: z.number() })),
  'nullable-json': nullable(json()),
  'evolving-json': evolving(json<unknown>()).to(json<unknown>(), (value) => value),
  'json-schema': jsonSchema({ registry, schema: orderSchema }),
  avro: avro<unknown>({ registry, schema: order as never }),
  'avro-list': avro<unknown>({ registry, schema: list as never }),
  'avro-suit': avro<unknown>({ registry, schema: suit as never }),
  'avro-chain': avro<unknown>({ registry, schema: chain as never }),
  'avro-wide': avro<unknown>({ registry, schema: wide as never }),
  'avro-map': avro<unknown>({ registry, schema: map as never }),
} as Readonly<Record<string, Serde<unknown>>>

function field(name: string, type: unknown): { readonly name: string; readonly type: unknown } {
  return { name, type }
}

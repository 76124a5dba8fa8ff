/** What the compiler knows of an Avro schema. Each line below `@ts-expect-error` must not compile. */
import { from, type Serde, topic, topology } from '../../src/index.ts'
import { avro, jsonSchema, memoryRegistry, type ValueOf } from '../../src/serde/registry/avro.ts'

const registry = memoryRegistry()

const Order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['open', 'paid'] } },
    { name: 'lines', type: { type: 'array', items: { type: 'map', values: 'int' } } },
  ],
} as const

interface Expected {
  id: string
  total: Uint8Array
  note: string | null
  state: 'open' | 'paid'
  lines: Record<string, number>[]
}
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isSame: Same<ValueOf<typeof Order>, Expected> = true
void isSame

const inferred: Serde<Expected> = avro({ registry, schema: Order })
const inline: Serde<{ a: number }> = avro({
  registry,
  schema: { type: 'record', name: 'A', fields: [{ name: 'a', type: 'int' }] },
})
const given: Serde<{ readonly id: string }> = avro<{ readonly id: string }>({
  registry,
  schema: JSON.parse('"string"'),
})
const json: Serde<{ readonly id: string }> = jsonSchema<{ readonly id: string }>({ registry, schema: {} })
void [inline, given, json]

const orders = topic('orders', { value: inferred })
export const states = topology(
  'states',
  from(orders)
    .map(({ state }) => state === 'paid')
    .to(topic('paid', { value: avro({ registry, schema: 'boolean' }) })),
)

from(orders)
  // @ts-expect-error there is no such field
  .map(({ stat }) => stat)
from(orders)
  .map(({ id }) => id)
  // @ts-expect-error a text is no boolean
  .to(topic('paid', { value: avro({ registry, schema: 'boolean' }) }))
// @ts-expect-error a registry is needed
avro({ schema: 'int' })

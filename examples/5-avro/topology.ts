/** What each customer has spent. `SCHEMA_REGISTRY=http://localhost:8081 millrace run examples/5-avro/topology.ts` */
import { from, type Topology, text, topic, topology } from '../../src/index.ts'
import { avro, memoryRegistry } from '../../src/serde/registry/avro.ts'

const { SCHEMA_REGISTRY } = process.env
/** Without an address: schemas in memory, for the test. */
export const registry: string | ReturnType<typeof memoryRegistry> = SCHEMA_REGISTRY ?? memoryRegistry()

/** What orders were before they had a currency. */
export const firstOrder = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [{ name: 'total', type: 'double' }],
} as const

/** A field that is added has a default: orders of before are read with it. */
export const order = {
  ...firstOrder,
  fields: [...firstOrder.fields, { name: 'currency', type: 'string', default: 'EUR' }],
} as const

const spent = {
  type: 'record',
  name: 'Spent',
  namespace: 'shop',
  fields: [{ name: 'byCurrency', type: { type: 'map', values: 'double' } }],
} as const

export const orders = topic('orders', { key: text, value: avro({ registry, schema: order }) })
export const totals = topic('totals', { key: text, value: avro({ registry, schema: spent }) })

export const spending: Topology = topology(
  'spending',
  from(orders)
    .aggregate('per-customer', {
      as: avro({ registry, schema: spent }),
      start: () => ({ byCurrency: {} }),
      add: ({ byCurrency }, { total, currency }) => ({
        byCurrency: { ...byCurrency, [currency]: (byCurrency[currency] ?? 0) + total },
      }),
    })
    .to(totals),
)

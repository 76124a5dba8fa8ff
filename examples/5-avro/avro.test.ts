import { expect, test } from 'vitest'
import { avro } from '../../src/serde/registry/avro.ts'
import { drive } from '../../src/testing/index.ts'
import { firstOrder, orders, registry, spending, totals } from './topology.ts'

test('orders of both versions count', () => {
  const flow = drive(spending)
  const firstOrders = { ...orders, value: avro({ registry, schema: firstOrder }) }
  flow.put(firstOrders, { total: 10 }, { key: 'ann', time: 1 })
  flow.put(orders, { total: 5, currency: 'EUR' }, { key: 'ann', time: 2 })
  flow.put(orders, { total: 7, currency: 'CHF' }, { key: 'ann', time: 3 })
  expect(flow.take(totals).at(-1)!.value.byCurrency).toEqual({ EUR: 15, CHF: 7 })
})

test('bytes whose schema nobody knows are a dead letter', () => {
  const flow = drive(spending)
  flow.putBytes(orders, Buffer.from([0, 0, 0, 1, 0, 0]), { key: Buffer.from('ann'), time: 1 })
  expect(flow.deadLetters('orders')).toHaveLength(1)
  expect(flow.take(totals)).toEqual([])
})

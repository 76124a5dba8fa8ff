/** Reads orders of which some are poison. */
import * as z from 'zod'
import { deadLetter, from, json, text, topic, topology } from '../../../src/index.ts'

const Order = z.object({ id: z.number().int(), customer: z.string(), cents: z.number().int() })

const input = process.env.POISON_INPUT ?? 'drill-orders'
export const orders = topic(input, { key: text, value: json(Order) })
export const receipts = topic(`${input}-receipts`, { key: text, value: json<{ id: number; cents: number }>() })

export const shop = topology(
  `shop-${input}`,
  from(orders, { onFailure: [deadLetter('orders')] })
    .map(({ id, cents }) => {
      if (cents < 0) throw new Error(`order ${id} costs less than nothing`)
      return { id, cents }
    })
    .to(receipts),
)

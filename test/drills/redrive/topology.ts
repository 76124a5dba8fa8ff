/** Refuses every order until it is mended. */
import { deadLetter, from, json, text, topic, topology } from '../../../src/index.ts'

interface Order {
  readonly id: number
}

const isMended = process.env.DRILL_MENDED === 'yes'
export const orders = topic('drill-orders', { key: text, value: json<Order>() })
export const shipped = topic('drill-shipped', { key: text, value: json<Order>() })

export const ship = topology(
  'drill-ship',
  from(orders, { onFailure: [deadLetter('orders')] })
    .map((order) => {
      if (!isMended) throw new Error(`there is no truck for order ${order.id}`)
      return order
    })
    .to(shipped),
)

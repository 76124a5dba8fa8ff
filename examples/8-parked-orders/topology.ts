/** Payments, in the order of each account. `millrace run examples/8-parked-orders/topology.ts` */
import { from, json, park, type Topology, text, topic, topology } from '../../src/index.ts'

export interface Payment {
  readonly sequence: number
  readonly currency: string
  readonly amount: number
}

/** What one unit is worth in euro; in an application a table. */
export const rates = new Map([['EUR', 1]])

export const payments = topic('payments', { key: text, value: json<Payment>() })
export const booked = topic('booked', {
  key: text,
  value: json<{ readonly sequence: number; readonly euro: number }>(),
})

export const bookPayments: Topology = topology(
  'book-payments',
  from(payments)
    .map(
      ({ sequence, currency, amount }) => {
        const rate = rates.get(currency)
        if (rate === undefined) throw new Error(`there is no rate for ${currency}`)
        return { sequence, euro: amount * rate }
      },
      // Later payments of the same account wait behind the one that failed, all other accounts go on.
      { onFailure: [park('payments')] },
    )
    .to(booked),
)

/** Payments of many accounts, in the order of each; some accounts can't be booked until the topology is mended. */
import { from, json, park, text, topic, topology } from '../../../src/index.ts'

export interface Payment {
  readonly account: number
  readonly sequence: number
}

const isMended = process.env.DRILL_MENDED === 'yes'
export const payments = topic('drill-payments', { key: text, value: json<Payment>() })
export const booked = topic('drill-booked', { key: text, value: json<Payment>() })

/** One account in two hundred, from its sixth payment on. */
export function isPoisoned({ account, sequence }: Payment): boolean {
  return account % 200 === 7 && sequence === 5
}

export const book = topology(
  'drill-book',
  from(payments)
    .map(
      (payment) => {
        if (!isMended && isPoisoned(payment)) throw new Error(`account ${payment.account} has no currency`)
        return payment
      },
      { onFailure: [park('payments')] },
    )
    .to(booked),
)

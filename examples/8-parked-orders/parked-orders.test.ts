import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { redrive, run } from '../../src/index.ts'
import { fill, type Row } from '../stage/fill.ts'
import { bookPayments, type Payment, rates } from './topology.ts'

const queue = 'book-payments.dlq.payments'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker({ port: 0 })
  kafka = await connectTool(broker.address, 'parked-orders')
  await kafka.topics.create(['payments', 'booked'].map((name) => ({ name, partitions: 2 })))
})

afterAll(async () => {
  await kafka.close()
  await broker.close()
})

function pay(account: string, sequence: number, currency: string): Row {
  const value: Payment = { sequence, currency, amount: 10 }
  return { key: account, value, time: sequence }
}

/** The sequences booked of each account, in their order. */
async function booked(): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {}
  for await (const { key, value } of committedRecords(kafka, 'booked')) {
    const { sequence } = JSON.parse(String(value)) as Payment
    found[String(key)] = [...(found[String(key)] ?? []), sequence]
  }
  return found
}

test('an account waits behind its bad payment, and is redriven in order', async () => {
  await fill(kafka, 'payments', [
    pay('ann', 1, 'EUR'),
    pay('ann', 2, 'USD'),
    pay('bob', 1, 'EUR'),
    pay('ann', 3, 'EUR'),
    pay('bob', 2, 'EUR'),
  ])
  await run(bookPayments, { brokers: broker.address, until: 'end' })
  expect(await booked()).toEqual({ ann: [1], bob: [1, 2] })

  rates.set('USD', 0.9)
  await fill(kafka, 'payments', [pay('ann', 4, 'EUR'), pay('bob', 3, 'EUR')])
  const stop = new AbortController()
  const working = run(bookPayments, { brokers: broker.address, signal: stop.signal })
  const { state, isUnfinished } = await redrive(kafka, { queue })
  stop.abort()
  await working
  expect({ state, isUnfinished }).toEqual({ state: 'done', isUnfinished: false })
  await run(bookPayments, { brokers: broker.address, until: 'end' })
  expect(await booked()).toEqual({ ann: [1, 2, 3, 4], bob: [1, 2, 3] })
}, 120_000)

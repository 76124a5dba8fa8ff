import { describe, expect, test } from 'vitest'
import { from, text, topic, topology } from '../../src/index.ts'
import { feed, type SimulationOptions, simulate } from '../../src/testing/index.ts'
import { users } from './users.ts'

const patience = 120_000

describe('the demo and two examples', () => {
  test.each(users)('$name: nothing is lost or doubled, whatever happens', { timeout: patience }, async (user) => {
    for (const seed of [1, 2]) {
      const { failures, hits } = await simulate(user.topology, { ...user.options, records: 600, seed })
      expect(failures).toEqual([])
      expect(Object.keys(hits).length).toBeGreaterThan(3)
    }
  })
})

describe('user code that writes to a database beside Kafka', () => {
  const orders = topic('orders', { key: text, value: text })
  const booked = topic('booked', { key: text, value: text })
  const database = new Map<string, number>()
  const booking = topology(
    'booking',
    from(orders, { idle: 'off' })
      .map((order) => {
        database.set(order, (database.get(order) ?? 0) + 1)
        return order
      })
      .to(booked),
  )
  const input = [feed(orders, ({ index }) => ({ key: `c${index % 9}`, value: `order ${index}` }))]
  const effects = { reset: () => database.clear(), read: () => Object.fromEntries(database) }
  const options: SimulationOptions = { seed: 3, records: 400, input, effects }

  test('is caught: a record that is taken again is written again', { timeout: patience }, async () => {
    const { failures } = await simulate(booking, { ...options, faults: ['dieBeforeOffsets', 'kill'], faultCount: 20 })
    expect(failures.map(({ oracle }) => oracle)).toEqual(['effects'])
  })

  test('is not blamed where nothing goes wrong', { timeout: patience }, async () => {
    expect((await simulate(booking, { ...options, faults: 'none' })).failures).toEqual([])
  })
})

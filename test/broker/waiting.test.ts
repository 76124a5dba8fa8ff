import { afterEach, beforeEach, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { VirtualClock } from '../../src/broker/index.ts'
import type { PartitionLog } from '../../src/broker/log/log.ts'
import { settingsOf } from '../../src/broker/options.ts'
import { waitForRecords } from '../../src/broker/waiting.ts'

let clock: VirtualClock
let broker: Broker
let log: PartitionLog

beforeEach(() => {
  clock = new VirtualClock()
  broker = new Broker(settingsOf({ clock }))
  log = broker.topics.create('t', 1).partitions[0]!
})
afterEach(() => broker.close())

function wait(signal: AbortSignal, isDone = () => false): Promise<void> {
  return waitForRecords({ logs: [log], broker, signal, milliseconds: 2_147_483_647, isDone })
}

test('who is gone before the waiting begins is not waited for', async () => {
  await wait(AbortSignal.abort())
  expect(clock.now()).toBe(new VirtualClock().now())
})

test('writes that come together are looked at once', async () => {
  let asked = 0
  const waiting = wait(new AbortController().signal, () => ++asked === 2)
  for (let time = 0; time < 3; time++) log.wake()
  clock.advanceNow({ milliseconds: 0 })
  expect(asked).toBe(1)
  log.wake()
  clock.advanceNow({ milliseconds: 0 })
  await waiting
  expect(asked).toBe(2)
})

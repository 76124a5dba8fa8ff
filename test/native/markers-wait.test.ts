/** While the markers of the last transaction are on their way, the next one asks again: soon at first, then less often. */
import { afterEach, expect, it } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker, VirtualClock } from '../../src/broker/index.ts'
import type { Clock } from '../../src/clock.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka, Transactions } from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { batchOf } from '../contracts/tools.ts'

const place = { topic: 't', partition: 0 }
const concurrent = faultActions.error(errorCode.CONCURRENT_TRANSACTIONS)
const longest = 20

let broker: EmbeddedBroker
let kafka: Kafka

afterEach(async () => {
  await kafka.close()
  await broker.close()
})

interface Scene {
  readonly clock: VirtualClock
  readonly transactions: Transactions
  /** What the client waited for, in milliseconds, without what it set against silence. */
  readonly waits: number[]
}

async function begin(transactionVersion: 0 | 2): Promise<Scene> {
  const clock = new VirtualClock()
  const random = seededRandom(1)
  const waits: number[] = []
  broker = await startBroker({ inProcess: true, clock, random, features: { transactionVersion } })
  const counting: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    soon: (callback) => clock.soon(callback),
    after(milliseconds, callback) {
      if (milliseconds <= longest) waits.push(milliseconds)
      return clock.after(milliseconds, callback)
    },
  }
  const { socketFactory } = broker
  kafka = connectKafka({ brokers: broker.addresses.split(','), socketFactory }, { clock: counting, random })
  await clock.until(kafka.connect())
  await clock.until(kafka.topics.create([{ name: place.topic, partitions: 1 }]))
  const transactions = kafka.transactions('writer', { timeout: { minutes: 1 } })
  await clock.until(transactions.init())
  return { clock, transactions, waits }
}

async function write({ clock, transactions, waits }: Scene, api: string, refusals: number): Promise<number[]> {
  const fault = broker.faults.intercept({ api, transactionalId: 'writer', times: refusals }, concurrent)
  waits.length = 0
  await clock.until(transactions.append(place, batchOf('a')))
  expect(fault.hits).toBe(refusals)
  const waited = [...waits]
  await clock.until(transactions.commit())
  // The markers are written, so that nothing but the fault refuses the next one.
  await clock.advance({ seconds: 1 })
  return waited
}

it.each([
  ['Produce', 2],
  ['AddPartitionsToTxn', 0],
] as const)(
  '%s waits 1 ms, then twice as long each time, at most 20 ms, anew in each transaction',
  async (api, level) => {
    const scene = await begin(level)
    expect(await write(scene, api, 7)).toEqual([1, 2, 4, 8, 16, 20, 20])
    expect(await write(scene, api, 2)).toEqual([1, 2])
  },
)

it('the first batch of a transaction gives the markers of the last one a moment, and only then', async () => {
  const { clock, transactions, waits } = await begin(2)
  await clock.until(transactions.append(place, batchOf('a')))
  await clock.until(transactions.commit())
  waits.length = 0
  await clock.until(transactions.append(place, batchOf('b')))
  expect(waits.filter((wait) => wait > 0)[0]).toBe(2)
  waits.length = 0
  await clock.until(transactions.append(place, batchOf('c')))
  await clock.until(transactions.commit())
  await clock.advance({ milliseconds: 2 })
  expect(waits).not.toContain(2)
  await clock.until(transactions.append(place, batchOf('d')))
  expect(waits).not.toContain(2)
})

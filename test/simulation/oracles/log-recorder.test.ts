/** What the recorder keeps of logs that lose records, and what it says where it came too late. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker, VirtualClock } from '../../../src/broker/index.ts'
import { connectKafka } from '../../../src/kafka/native/index.ts'
import type { Kafka, Transactions } from '../../../src/kafka/port.ts'
import { seededRandom } from '../../../src/random.ts'
import type { LoggedPartition } from '../../../src/testing/simulation/history.ts'
import { LogRecorder } from '../../../src/testing/simulation/oracles/log-recorder.ts'
import { batchOf } from '../../contracts/tools.ts'

const place = { topic: 't', partition: 0 }
let clock: VirtualClock
let broker: EmbeddedBroker
let kafka: Kafka
let transactions: Transactions

beforeEach(async () => {
  clock = new VirtualClock()
  broker = await startBroker({ inProcess: true, clock, random: seededRandom(1) })
  const { socketFactory } = broker
  kafka = connectKafka({ brokers: [broker.address], socketFactory }, { clock, random: seededRandom(2) })
  await clock.until(kafka.connect())
  await clock.until(kafka.topics.create([{ name: place.topic, partitions: 1 }]))
  transactions = kafka.transactions('writer', { timeout: { seconds: 10 } })
  await clock.until(transactions.init())
})

afterEach(async () => {
  await clock.until(transactions.close())
  await clock.until(kafka.close())
  await broker.close()
})

async function write(value: string, ending: 'commit' | 'abort' | 'none'): Promise<void> {
  await clock.until(transactions.append(place, batchOf(value)))
  if (ending !== 'none') await clock.until(transactions[ending]())
  await clock.advance({ milliseconds: 100 })
}

/** The first transaction and its marker. */
async function purge(): Promise<void> {
  await clock.until(kafka.topics.deleteRecords([{ ...place, offset: 2 }]))
}

function logOf(recorder: LogRecorder): LoggedPartition {
  recorder.take()
  return recorder.partitions.find(({ topic }) => topic === place.topic)!
}

const fates = ({ records }: LoggedPartition): string[] => records.map(({ value, fate }) => `${value} ${fate}`)

test('each record is there with what became of it', async () => {
  const recorder = new LogRecorder(broker)
  await write('a', 'commit')
  await write('b', 'abort')
  await write('c', 'none')
  expect(fates(logOf(recorder))).toEqual(['a committed', 'b aborted', 'c open'])
  expect(logOf(recorder)).toMatchObject({ stableOffset: 4, endOffset: 5, isWhole: true })
  await clock.until(transactions.commit())
  await clock.advance({ milliseconds: 100 })
  expect(fates(logOf(recorder))).toEqual(['a committed', 'b aborted', 'c committed'])
})

test('what is purged stays known to who has seen it', async () => {
  const recorder = new LogRecorder(broker)
  await write('a', 'commit')
  broker.rollSegments(place.topic)
  recorder.take()
  await write('b', 'commit')
  await purge()
  expect(fates(logOf(recorder))).toEqual(['a committed', 'b committed'])
  expect(logOf(recorder).isWhole).toBe(true)
})

test('who comes too late knows that something is missing', async () => {
  await write('a', 'commit')
  broker.rollSegments(place.topic)
  await write('b', 'commit')
  await purge()
  const recorder = new LogRecorder(broker)
  expect(logOf(recorder).isWhole).toBe(false)
})

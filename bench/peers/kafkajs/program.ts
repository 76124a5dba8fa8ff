/** The peer's process. Its words are those of `wordsOf`. */
import { type Consumer, type EachBatchPayload, Kafka, logLevel, type Producer } from 'kafkajs'
import type { PeerRequest } from '../peer.ts'
import { readRequest, Tally } from './request.ts'
import { type BatchWork, type Bid, works } from './works.ts'

const topic = 'nexmark.bids'
// Its default of 300 ms between tries would make each commit wait for the markers of the last one.
const retry = { initialRetryTime: 10 }

const request = readRequest(process.argv.slice(2))
const work = works[request.work]?.()
if (work === undefined) throw new Error(`kafkajs has no work ${request.work}`)
const kafka = new Kafka({ clientId: request.app, brokers: request.brokers.split(','), logLevel: logLevel.ERROR, retry })
console.log(await runWork(work, request))

async function runWork(take: BatchWork, { app, output, records }: PeerRequest): Promise<string> {
  const partitions = await endsOfInput()
  const tally = new Tally(records ?? partitions.reduce((sum, end) => sum + end, 0))
  const producers = await Promise.all(partitions.map((_, partition) => connectedProducer(`${app}-${partition}`)))
  // It sends what it made of a batch as one batch, which the broker takes up to 1 MiB: so fetches stay at its default of that.
  const consumer = kafka.consumer({ groupId: app })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    console.error(payload.error)
    process.exit(1)
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: partitions.length,
    eachBatch: async (payload) => {
      tally.started()
      await commitBatch(producers[payload.batch.partition]!, payload, { app, output }, take)
      tally.commit(payload.batch.messages.length)
    },
  })
  await tally.complete
  const line = tally.line()
  await close(consumer, producers)
  return line
}

/** Output and position in one transaction. */
async function commitBatch(
  producer: Producer,
  { batch }: EachBatchPayload,
  { app, output }: Pick<PeerRequest, 'app' | 'output'>,
  take: BatchWork,
): Promise<void> {
  const bids = batch.messages.map((message) => JSON.parse(message.value!.toString()) as Bid)
  const offset = String(BigInt(batch.lastOffset()) + 1n)
  const transaction = await producer.transaction()
  try {
    await transaction.send({ topic: output, acks: -1, messages: take(bids) })
    const topics = [{ topic, partitions: [{ partition: batch.partition, offset }] }]
    await transaction.sendOffsets({ consumerGroupId: app, topics })
    await transaction.commit()
  } catch (error) {
    await transaction.abort()
    throw error
  }
}

async function endsOfInput(): Promise<number[]> {
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return offsets.sort((one, other) => one.partition - other.partition).map(({ high }) => Number(high))
}

async function connectedProducer(transactionalId: string): Promise<Producer> {
  const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1, retry })
  await producer.connect()
  return producer
}

async function close(consumer: Consumer, producers: readonly Producer[]): Promise<void> {
  await consumer.disconnect()
  await Promise.all(producers.map((producer) => producer.disconnect()))
}

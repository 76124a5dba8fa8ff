/** kafkajs 2.2.4, as its documentation shows it, with the settings that suit each work. */
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs'
import { recordBytes, recordsPerPartition, topicPartitions, transactionPartitions } from './report.ts'
import { main, type Stopwatch } from './timed.ts'

const messagesPerSend = 10_000
const value = Buffer.alloc(recordBytes, 'x')
// It creates a new Buffer for every message on its way anyhow, so one value for all is no favour.
const messages: Message[] = Array.from({ length: messagesPerSend }, (_, index) => ({
  value,
  partition: index % topicPartitions,
}))

function client(brokers: string): Kafka {
  // Its default of 300 ms between tries makes each commit wait for the markers of the last one.
  const retry = { initialRetryTime: 10 }
  return new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry })
}

async function connectedProducer(brokers: string, transactionalId?: string): Promise<Producer> {
  const producer = client(brokers).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 10 },
    ...(transactionalId !== undefined && { transactionalId }),
  })
  await producer.connect()
  return producer
}

async function read(brokers: string, topic: string, count: number, stopwatch: Stopwatch): Promise<number> {
  const consumer = client(brokers).consumer({ groupId: `bench-${process.pid}`, maxBytesPerPartition: 4 * 1024 * 1024 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let records = 0
  let bytes = 0
  const done = Promise.withResolvers<void>()
  consumer.on('consumer.group_join', () => stopwatch.start())
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: topicPartitions,
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages) bytes += message.value!.length
      records += batch.messages.length
      if (records >= count) done.resolve()
    },
  })
  await done.promise
  return bytes
}

await main({
  async produce({ brokers, topic, count }, stopwatch) {
    const producer = await connectedProducer(brokers)
    stopwatch.start()
    for (let left = count; left > 0; left -= messagesPerSend) {
      await producer.send({ topic, acks: -1, messages: left < messagesPerSend ? messages.slice(0, left) : messages })
    }
    stopwatch.stop()
  },
  async consume({ brokers, topic, count }, stopwatch) {
    const bytes = await read(brokers, topic, count, stopwatch)
    stopwatch.stop()
    if (bytes < count * recordBytes) throw new Error(`${bytes} bytes were read instead of ${count * recordBytes}`)
  },
  async transaction({ brokers, topic, count }, stopwatch) {
    const producer = await connectedProducer(brokers, `bench-${process.pid}`)
    const all = Array.from({ length: transactionPartitions * recordsPerPartition }, (_, index) => ({
      value,
      partition: index % transactionPartitions,
    }))
    const once = async (): Promise<void> => {
      const transaction = await producer.transaction()
      await transaction.send({ topic, acks: -1, messages: all })
      await transaction.commit()
    }
    stopwatch.start()
    for (let done = 0; done < count; done++) await stopwatch.time(once)
    stopwatch.stop()
  },
})

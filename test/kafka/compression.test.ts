/** Batches that we compress, as Kafka's own Java programs read them, and damaged ones, as its broker refuses them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaTool, type RunningKafka, startKafka } from '../../scripts/kafka.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { Produce } from '../../src/wire/apis/index.ts'
import { headerSize, setCrc } from '../../src/wire/batch/batch-layout.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { errorName } from '../../src/wire/errors.ts'
import { connected, unique, valuesOf } from '../contracts/tools.ts'
import { openConnection } from '../native/open-connection.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')
const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const

function batchWith(values: readonly string[]): BatchBuilder {
  const batch = new BatchBuilder()
  for (const value of values) batch.append(1_700_000_000_000, null, value)
  return batch
}

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  let broker: RunningKafka
  let kafka: Kafka

  beforeAll(async () => {
    broker = await startKafka()
    kafka = await connected(broker.brokers)
  })
  afterAll(async () => {
    await kafka?.close()
    await broker?.stop()
  })

  /** More than one block of every format, some of it repeated and some of it not. */
  const values = Array.from({ length: 4_000 }, (_, place) => `${place} round and round ${Math.imul(place, 0x9e3779b1)}`)

  it.each(codecs)('a batch in %s is kept as it is, and read by Java', async (compression) => {
    const place = { topic: unique(compression), partition: 0 }
    await kafka.topics.create([{ name: place.topic, partitions: 1 }])
    const producer = kafka.producer({ compression })
    const appends: Promise<unknown>[] = []
    for (let start = 0; start < values.length; start += 1_000) {
      appends.push(producer.append(place, batchWith(values.slice(start, start + 1_000))))
    }
    await Promise.all(appends)
    expect(await valuesOf(kafka, place)).toEqual(values)
    const consume = ['--topic', place.topic, '--from-beginning', '--max-messages', String(values.length)]
    const read = await kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      '--bootstrap-server',
      broker.brokers,
      ...consume,
    ])
    expect(read.stdout.trim().split('\n')).toEqual(values)
    const log = `${broker.data}/log/${place.topic}-0/00000000000000000000.log`
    const dump = await kafkaTool('kafka.tools.DumpLogSegments', ['--files', log, '--deep-iteration'])
    expect(dump.stdout).toContain(`compresscodec: ${compression}`)
    expect(dump.stdout).toContain('isvalid: true')
    expect(dump.stdout).toContain('count: 1000')
    await producer.close()
  })

  it.each(codecs)('transactions write in %s as well', async (compression) => {
    const place = { topic: unique(compression), partition: 0 }
    await kafka.topics.create([{ name: place.topic, partitions: 1 }])
    const transactions = kafka.transactions(place.topic, { timeout: { seconds: 10 }, compression })
    await transactions.init()
    await transactions.append(place, batchWith(values.slice(0, 100)))
    await transactions.commit()
    await transactions.close()
    expect(await valuesOf(kafka, place, 'read_uncommitted')).toEqual(values.slice(0, 100))
  })

  it.each(codecs)('a batch whose %s is damaged is refused, and nothing of it is kept', async (compression) => {
    const topic = unique(compression)
    await kafka.topics.create([{ name: topic, partitions: 1 }])
    const records = batchWith(values.slice(0, 300)).build({ compression })
    // Nothing is wrong with the batch as such: its checksum is that of the damaged bytes.
    records.fill(0x5a, headerSize + 20, headerSize + 120)
    setCrc(records, 0)
    const { connection } = await openConnection(broker.brokers)
    const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
    const answer = await connection.request(
      Produce,
      9,
      { transactionalId: null, acks: -1, timeoutMs: 5_000, topicData },
      10_000,
    )
    connection.close()
    const { errorCode } = answer.responses[0]!.partitionResponses[0]!
    // Kafka has no word of its own for it.
    expect(errorName(errorCode)).toBe('UNKNOWN_SERVER_ERROR')
    expect(await valuesOf(kafka, { topic, partition: 0 })).toEqual([])
  })
})

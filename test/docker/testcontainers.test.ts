/** A topology on Apache Kafka in a container, started as users of testcontainers would. */
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counts, lines, wordCount } from '../../examples/4-word-count/topology.ts'
import { freePorts } from '../../scripts/kafka/ports.ts'
import { BatchBuilder, connectTool } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { run } from '../../src/index.ts'

let container: StartedTestContainer
let brokers: string

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  brokers = `127.0.0.1:${port}`
  container = await new GenericContainer('apache/kafka:4.1.0')
    .withExposedPorts({ container: port, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${brokers}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
})
afterAll(async () => {
  await container?.stop()
})

test('words are counted on Kafka in a container', async () => {
  const kafka = await connectTool(brokers, 'containers')
  await kafka.topics.create(
    [lines, counts].map(({ name }) => ({ name, partitions: 2, configs: { 'retention.ms': '-1' } })),
  )
  const producer = kafka.producer()
  const batch = new BatchBuilder()
  batch.append(Date.UTC(2026, 0, 1), null, 'to be or not to be')
  await producer.append({ topic: lines.name, partition: 0 }, batch)
  await producer.close()

  await run(wordCount, { brokers, until: 'end' })

  const counted: Record<string, number> = {}
  for await (const { value } of committedRecords(kafka, counts.name)) {
    const { word, count } = JSON.parse(String(value)) as { word: string; count: number }
    counted[word] = count
  }
  await kafka.close()
  expect(counted).toEqual({ to: 2, be: 2, or: 1, not: 1 })
})

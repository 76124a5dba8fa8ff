/** What tools beside the product (demo, bench) need of Kafka beneath the public names: they produce, read and check. */
import { systemClock } from '../../src/clock.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { systemRandom } from '../../src/random.ts'
import { partitionsOfTopic, type TopicPartition } from '../../src/record.ts'

export { partitionFor } from '../../src/kafka/murmur2.ts'
export type { Kafka, Producer, TopicSpec } from '../../src/kafka/port.ts'
export type { RecordHeader, TopicPartition } from '../../src/record.ts'
export { BatchBuilder, type RecordBatch } from '../../src/wire/batch.ts'

/** A connected client of the cluster at `brokers` (`host:port,host:port`). */
export async function connectTool(brokers: string, clientId: string): Promise<Kafka> {
  const clock = systemClock
  const kafka = connectKafka({ brokers: brokers.split(','), clientId }, { clock, random: systemRandom })
  await kafka.connect()
  return kafka
}

/** Every partition of a topic. @throws Error when the topic does not exist */
export async function partitionsOf(kafka: Kafka, topic: string): Promise<TopicPartition[]> {
  const [info] = await kafka.topics.describe([topic])
  if (!info?.exists) throw new Error(`There is no topic ${topic}`)
  return partitionsOfTopic(topic, info.partitions)
}

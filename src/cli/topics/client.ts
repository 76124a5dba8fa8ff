/** What the verbs of `millrace topics` have in common. */
import { MillraceError } from '../../faults.ts'
import { explainKafkaError } from '../../index.ts'
import type { Kafka } from '../../kafka/port.ts'
import { defaultKafka } from '../../run.ts'

/** Connects, works, closes; what Kafka refuses is told with a code and a fix. */
export async function withKafka<T>(
  brokers: readonly string[] | undefined,
  work: (kafka: Kafka) => Promise<T>,
  command = 'millrace topics',
): Promise<T> {
  const kafka = defaultKafka(brokers)
  try {
    await kafka.connect()
    return await work(kafka)
  } catch (error) {
    throw explainKafkaError(error, command)
  } finally {
    await kafka.close()
  }
}

/** Partitions of a topic. @throws MillraceError MR2002 when there is no such topic */
export async function partitionsOf(kafka: Kafka, topic: string): Promise<number> {
  const [info] = await kafka.topics.describe([topic])
  if (info?.exists) return info.partitions
  throw new MillraceError('fatal', {
    code: 'MR2002',
    what: `There is no topic ${topic}`,
    fix: `millrace topics create ${topic}`,
  })
}

/** The topics that moves write beside the letters: workers make them, tools where those are older. */
import { MillraceError } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import { topicNames } from '../../topology/graph.ts'
import type { QueueName } from '../queue-name.ts'

/** How many partitions a queue has. @throws MillraceError MR4401 when there is no such queue */
export async function partitionsOfQueue(kafka: Kafka, { topic }: QueueName): Promise<number> {
  const [queue] = await kafka.topics.describe([topic])
  if (queue?.exists) return queue.partitions
  throw noQueue(topic)
}

/**
 * Marks and audit of the queue's app are there from now on. What is there already needs no right to make it.
 * @returns how many partitions the queue has
 * @throws MillraceError MR4401 when there is no such queue: nothing is made then
 */
export async function ownTopics(kafka: Kafka, queue: QueueName): Promise<number> {
  const partitions = await partitionsOfQueue(kafka, queue)
  const { app } = queue
  const own = [
    { name: topicNames.marks(app), partitions: 1, configs: { 'cleanup.policy': 'compact', 'retention.ms': '-1' } },
    { name: topicNames.audit(app), partitions: 1, configs: { 'cleanup.policy': 'delete', 'retention.ms': '-1' } },
  ]
  const found = await kafka.topics.describe(own.map(({ name }) => name))
  const missing = own.filter((_, index) => found[index]?.exists !== true)
  if (missing.length > 0) await kafka.topics.create(missing)
  return partitions
}

function noQueue(topic: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4401',
    what: `There is no topic ${topic}`,
    why: 'workers make the queues of dead letters when they start',
    fix: 'millrace dlq ls shows the queues',
  })
}

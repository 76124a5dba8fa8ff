/** Topics that grow or go. */
import { DeleteTopics } from '../../../wire/apis/20-delete-topics.ts'
import { CreatePartitions } from '../../../wire/apis/37-create-partitions.ts'
import { errorCode } from '../../../wire/errors.ts'
import { zeroUuid } from '../../../wire/schema.ts'
import { isRepeatable, refusal } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { untilLed } from './topics.ts'

const pollMilliseconds = 25

/** @throws KafkaError `rejected` unless the topic has fewer partitions than `count` */
export async function createPartitions(cluster: Cluster, topic: string, count: number): Promise<void> {
  const timeoutMs = Math.ceil(cluster.config.requestTimeout / 2)
  const topics = [{ name: topic, count, assignments: null }]
  let wasLost = false
  await cluster.repeatAtController(async () => {
    try {
      const answer = await cluster.askController(CreatePartitions, () => ({ topics, timeoutMs, validateOnly: false }))
      for (const { errorCode: code, errorMessage } of answer.results) {
        // Repeated after a lost answer, it finds what it made itself.
        const isOurs = wasLost && code === errorCode.INVALID_PARTITIONS && (await sizeOf(cluster, topic)) === count
        if (code !== 0 && !isOurs) throw refusal(code, 'CreatePartitions', `topic ${topic}`, errorMessage)
      }
    } catch (error) {
      wasLost ||= isRepeatable(error) && error.fault === 'unknown-outcome'
      throw error
    }
  })
  await untilLed(cluster, [topic], count)
}

async function sizeOf(cluster: Cluster, topic: string): Promise<number> {
  await cluster.refresh([topic])
  return cluster.metadata.topic(topic)?.partitions.length ?? 0
}

/** Resolves when the topics are gone from the metadata. A topic that is not there is no error. */
export async function deleteTopics(cluster: Cluster, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await cluster.repeatAtController(() => deleteOnce(cluster, names))
  const patience = cluster.patience()
  for (;;) {
    await cluster.refresh(names)
    const left = names.filter((name) => cluster.metadata.topic(name)?.errorCode === 0)
    if (left.length === 0) return
    if (await patience.wait(pollMilliseconds)) continue
    throw new KafkaError('retriable', 'TIMEOUT', 'DeleteTopics', `Still not deleted: ${left.join(', ')}`)
  }
}

async function deleteOnce(cluster: Cluster, names: readonly string[]): Promise<void> {
  const timeoutMs = Math.ceil(cluster.config.requestTimeout / 2)
  const topics = names.map((name) => ({ name, topicId: zeroUuid }))
  const answer = await cluster.askController(DeleteTopics, (version) =>
    version >= 6 ? { topics, timeoutMs } : { topicNames: names, timeoutMs },
  )
  for (const { name, errorCode: code, errorMessage } of answer.responses) {
    if (code === 0 || code === errorCode.UNKNOWN_TOPIC_OR_PARTITION) continue
    throw refusal(code, 'DeleteTopics', `topic ${name}`, errorMessage)
  }
}

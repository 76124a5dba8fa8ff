/** Topics: what is there, making new ones, cutting off their beginnings. */
import { partitionName } from '../../../record.ts'
import { Metadata } from '../../../wire/apis/03-metadata.ts'
import { CreateTopics } from '../../../wire/apis/19-create-topics.ts'
import { DeleteRecords } from '../../../wire/apis/21-delete-records.ts'
import { errorCode } from '../../../wire/errors.ts'
import { zeroUuid } from '../../../wire/schema.ts'
import { byTopic } from '../../by-topic.ts'
import { isRepeatable, refusal } from '../../faults.ts'
import type { PartitionOffset, TopicInfo, TopicSpec, Topics } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { askLeaders } from '../cluster/leaders.ts'
import type { TopicMetadata } from '../cluster/metadata.ts'

const absent: ReadonlySet<number> = new Set([errorCode.UNKNOWN_TOPIC_OR_PARTITION, errorCode.UNKNOWN_TOPIC_ID])
const pollMilliseconds = 25

export function topicsOf(cluster: Cluster): Topics {
  return {
    describe: (names) => describe(cluster, names),
    ids: (names) => idsOf(cluster, names),
    list: () => list(cluster),
    create: (specs) => create(cluster, specs),
    deleteRecords: (before) => deleteRecords(cluster, before),
  }
}

async function describe(cluster: Cluster, names: readonly string[]): Promise<TopicInfo[]> {
  if (names.length === 0) return []
  return cluster.repeat(async () => {
    await cluster.refresh(names)
    return names.map((name) => {
      const topic = cluster.metadata.topic(name)
      if (topic === undefined || absent.has(topic.errorCode)) return { name, exists: false, partitions: 0 }
      if (topic.errorCode !== 0 && topic.errorCode !== errorCode.LEADER_NOT_AVAILABLE) {
        throw refusal(topic.errorCode, 'Metadata', `topic ${name}`)
      }
      return { name, exists: true, partitions: topic.partitions.length }
    })
  })
}

async function list(cluster: Cluster): Promise<TopicInfo[]> {
  const { topics } = await cluster.askAny(Metadata, () => ({ topics: null, allowAutoTopicCreation: false }))
  return topics.flatMap(({ name, partitions, errorCode: code }) =>
    name === null || absent.has(code) ? [] : [{ name, exists: true, partitions: partitions.length }],
  )
}

async function idsOf(cluster: Cluster, names: readonly string[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const { name, exists } of await describe(cluster, names)) {
    const id = cluster.metadata.topic(name)?.id ?? zeroUuid
    if (exists && id !== zeroUuid) ids.set(name, id)
  }
  return ids
}

/** @throws KafkaError `rejected` for a name or configuration that Kafka refuses, `fatal` without the right to create */
async function create(cluster: Cluster, specs: readonly TopicSpec[]): Promise<void> {
  if (specs.length === 0) return
  await cluster.repeatAtController(() => createOnce(cluster, specs))
  await untilLed(
    cluster,
    specs.map(({ name }) => name),
  )
}

async function createOnce(cluster: Cluster, specs: readonly TopicSpec[]): Promise<void> {
  const topics = specs.map((spec) => ({
    name: spec.name,
    numPartitions: spec.partitions ?? -1,
    replicationFactor: spec.replicationFactor ?? -1,
    assignments: [],
    configs: Object.entries(spec.configs ?? {}).map(([name, value]) => ({ name, value })),
  }))
  const { requestTimeout } = cluster.config
  const answer = await cluster.askController(CreateTopics, () => ({
    topics,
    timeoutMs: Math.ceil(requestTimeout / 2),
    validateOnly: false,
  }))
  for (const { name, errorCode: code, errorMessage } of answer.topics) {
    if (code === 0 || code === errorCode.TOPIC_ALREADY_EXISTS) continue
    throw refusal(code, 'CreateTopics', `topic ${name}`, errorMessage)
  }
}

/** A new topic is known to the controller first: brokers hear of it, and of its leaders, a moment later. */
export async function untilLed(cluster: Cluster, names: readonly string[], partitions = 1): Promise<void> {
  const patience = cluster.patience()
  for (;;) {
    await cluster.refresh(names)
    const missing = names.filter((name) => !isLed(cluster.metadata.topic(name), partitions))
    if (missing.length === 0 && (await isKnownEverywhere(cluster, names, partitions))) return
    if (await patience.wait(pollMilliseconds)) continue
    const message = `No leader yet, or not on every node, for topic ${names.join(', ')}`
    throw new KafkaError('retriable', 'LEADER_NOT_AVAILABLE', 'CreateTopics', message)
  }
}

/** Whether the next question may go to any node: each hears of a change in its own time. One that is away is not asked. */
async function isKnownEverywhere(cluster: Cluster, names: readonly string[], partitions: number): Promise<boolean> {
  const { nodes } = cluster.metadata
  if (nodes.length === 1) return true
  const topics = names.map((name) => ({ name }))
  const timeout = cluster.config.connectionTimeout
  const question = () => ({ topics, allowAutoTopicCreation: false })
  const answers = nodes.map(async (node) => {
    try {
      return await cluster.link(node, 'control').request(Metadata, question, { timeout })
    } catch (error) {
      if (isRepeatable(error)) return null
      throw error
    }
  })
  const sizes = (await Promise.all(answers)).flatMap(
    (answer) => answer?.topics.map((topic) => topic.partitions.length) ?? [],
  )
  return sizes.every((size) => size >= partitions)
}

function isLed(topic: TopicMetadata | undefined, partitions: number): boolean {
  return (
    topic !== undefined && topic.partitions.length >= partitions && topic.partitions.every(({ leader }) => leader >= 0)
  )
}

async function deleteRecords(cluster: Cluster, before: readonly PartitionOffset[]): Promise<void> {
  await askLeaders(cluster, before, async (node, partitions) => {
    const answer = await cluster.link(node, 'control').request(DeleteRecords, () => ({
      topics: byTopic(partitions).map(([name, ofTopic]) => ({
        name,
        partitions: ofTopic.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
      })),
      timeoutMs: Math.ceil(cluster.config.requestTimeout / 2),
    }))
    for (const { name, partitions: answered } of answer.topics) {
      for (const { partitionIndex, errorCode: code } of answered) {
        const subject = partitionName({ topic: name, partition: partitionIndex })
        if (code !== 0) throw refusal(code, 'DeleteRecords', subject)
      }
    }
    return []
  })
}

/** Topics: what is there, making new ones, cutting off their beginnings. */
import type { Admin } from 'kafkajs'
import { sleep } from '../../clock.ts'
import { byTopic } from '../by-topic.ts'
import type { PartitionOffset, TopicInfo, TopicSpec, Topics } from '../port.ts'
import { KafkaError } from '../port.ts'
import type { ClusterDoor } from './clusters.ts'
import { asKafkaError } from './errors.ts'

const pollMilliseconds = 25
const patienceMilliseconds = 30_000

interface Described extends TopicInfo {
  /** Every partition has a leader. */
  readonly isLed: boolean
}

export class KafkajsTopics implements Topics {
  readonly #admin: Admin
  readonly #door: ClusterDoor

  constructor(admin: Admin, door: ClusterDoor) {
    this.#admin = admin
    this.#door = door
  }

  async describe(names: readonly string[]): Promise<TopicInfo[]> {
    const described = await Promise.all(names.map((name) => this.#describe(name)))
    return described.map(({ name, exists, partitions }) => ({ name, exists, partitions }))
  }

  async list(): Promise<TopicInfo[]> {
    const { topics } = await this.#door.repeat('Metadata', 'reads', () => this.#admin.fetchTopicMetadata())
    return topics.map(({ name, partitions }) => ({ name, exists: true, partitions: partitions.length }))
  }

  async create(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) await this.#create(spec)
    await this.#until(specs, 'CreateTopics', ({ isLed }) => isLed)
  }

  async deleteRecords(before: readonly PartitionOffset[]): Promise<void> {
    for (const [topic, ofTopic] of byTopic(before)) {
      const partitions = ofTopic.map(({ partition, offset }) => ({ partition, offset: String(offset) }))
      await this.#door.repeat('DeleteRecords', 'writes', () => this.#admin.deleteTopicRecords({ topic, partitions }))
    }
  }

  /** kafkajs tries again for what is not there, so only what is there is deleted. Resolves when it is gone. */
  async delete(names: readonly string[]): Promise<void> {
    const present = (await this.describe(names)).filter(({ exists }) => exists)
    if (present.length === 0) return
    const topics = present.map(({ name }) => name)
    await this.#door.repeat('DeleteTopics', 'writes', () => this.#admin.deleteTopics({ topics }))
    await this.#until(present, 'DeleteTopics', ({ exists }) => !exists)
  }

  /** Lets a topic have `count` partitions; resolves when all have leaders. */
  async grow(topic: string, count: number): Promise<void> {
    const topicPartitions = [{ topic, count }]
    await this.#admin.createPartitions({ topicPartitions }).catch((thrown: unknown) => {
      throw asKafkaError(thrown, 'CreatePartitions', 'writes')
    })
    await this.#until([{ name: topic }], 'CreatePartitions', ({ isLed, partitions }) => isLed && partitions >= count)
  }

  /** A topic at a time: one that exists makes kafkajs fail for all that it was asked for. */
  async #create({ name, partitions, replicationFactor, configs = {} }: TopicSpec): Promise<void> {
    const topic = {
      topic: name,
      numPartitions: partitions ?? -1,
      replicationFactor: replicationFactor ?? -1,
      configEntries: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    }
    // Without `waitForLeaders`: it fails where a node has not heard of the topic yet.
    const ask = () => this.#admin.createTopics({ topics: [topic], waitForLeaders: false })
    await this.#door.repeat('CreateTopics', 'writes', ask)
  }

  #describe(name: string): Promise<Described> {
    return this.#door.repeat('Metadata', 'reads', async () => {
      try {
        const { topics } = await this.#admin.fetchTopicMetadata({ topics: [name] })
        const partitions = topics[0]?.partitions ?? []
        return {
          name,
          exists: true,
          partitions: partitions.length,
          isLed: partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
        }
      } catch (thrown) {
        const error = asKafkaError(thrown, 'Metadata', 'reads')
        if (error.reason !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
        return { name, exists: false, partitions: 0, isLed: false }
      }
    })
  }

  async #until(
    topics: readonly { readonly name: string }[],
    request: string,
    isSo: (topic: Described) => boolean,
  ): Promise<void> {
    const { clock } = this.#door
    const deadline = clock.monotonic() + patienceMilliseconds
    for (const { name } of topics) {
      while (!isSo(await this.#describe(name))) {
        if (clock.monotonic() > deadline) {
          throw new KafkaError('retriable', 'TIMEOUT', request, `${request} is still not done for topic ${name}`)
        }
        await sleep(clock, pollMilliseconds)
      }
    }
  }
}

/** The topics there are. Partitions only grow; a topic created again has a new id. */
import type { Random } from '../random.ts'
import { TopicConfigs } from './configs.ts'
import { randomUuid } from './identifiers.ts'
import { PartitionLog } from './log/log.ts'

/** Partitions one request may make, as in Kafka. */
export const mostPartitions = 10_000

export interface Topic {
  readonly name: string
  readonly id: string
  /** Whether it is one of the broker's own. */
  readonly isInternal: boolean
  /** Replaced as a whole when a setting changes. */
  configs: TopicConfigs
  readonly partitions: PartitionLog[]
}

export class Topics {
  readonly #random: Random
  readonly #byName: Map<string, Topic> = new Map()
  readonly #byId: Map<string, Topic> = new Map()

  constructor(random: Random) {
    this.#random = random
  }

  /** The name must be valid and free. */
  create(name: string, partitions: number, configs: ReadonlyMap<string, string> = new Map()): Topic {
    const topic: Topic = {
      name,
      id: randomUuid(this.#random),
      isInternal: name === '__consumer_offsets' || name === '__transaction_state',
      configs: new TopicConfigs(configs),
      partitions: [],
    }
    this.#byName.set(name, topic)
    this.#byId.set(topic.id, topic)
    this.grow(topic, partitions)
    return topic
  }

  grow(topic: Topic, partitions: number): void {
    while (topic.partitions.length < partitions) topic.partitions.push(new PartitionLog())
  }

  /** Whoever waits for records of the topic is woken, to find it gone. */
  delete(topic: Topic): void {
    this.#byName.delete(topic.name)
    this.#byId.delete(topic.id)
    for (const partition of topic.partitions) partition.wake()
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name)
  }

  byId(id: string): Topic | undefined {
    return this.#byId.get(id)
  }

  log(topic: string, partition: number): PartitionLog | undefined {
    return this.#byName.get(topic)?.partitions[partition]
  }

  all(): Topic[] {
    return [...this.#byName.values()]
  }

  /** A topic whose name differs only in `.` and `_`: Kafka's metrics could not tell the two apart. */
  collision(name: string): Topic | undefined {
    const plain = name.replaceAll('.', '_')
    return this.all().find((topic) => topic.name.replaceAll('.', '_') === plain)
  }
}

/** What is wrong with a topic's name; null when nothing is. */
export function topicNameProblem(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return `Topic name is invalid: '${name}'`
  if (name.length > 249) return `Topic name is longer than 249 characters: ${name}`
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return `Topic name has characters other than letters, digits, '.', '_' and '-': ${name}`
  return null
}

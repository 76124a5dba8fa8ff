/** The topics there are. Partitions only grow; a topic created again has a new id. */
import type { Random } from '../random.ts'
import { TopicConfigs } from './configs.ts'
import { randomUuid } from './identifiers.ts'
import { PartitionLog } from './log/log.ts'
import { policyOf } from './log/policy.ts'
import { attempt } from './storage/attempt.ts'
import { type BrokerData, MemoryData } from './storage/data.ts'
import type { Change, StoredPartition, StoredTopic } from './storage/metadata.ts'

/** Partitions one request may make, as in Kafka. */
export const mostPartitions = 10_000

/** Gives a partition that was just made its replicas and its leader, as far as they are not named. */
export type Place = (
  topic: string,
  partition: number,
  log: PartitionLog,
  wanted: { readonly factor: number | undefined; readonly replicas: readonly number[] | undefined },
) => void

/** Where the copies of a topic's partitions lie, as far as its creator says. */
export interface Copies {
  /** Copies of each partition; the broker's default when left out. */
  readonly factor?: number
  /** The nodes of each partition, the leader first. */
  readonly assignments?: readonly (readonly number[])[]
}

export interface Topic {
  readonly name: string
  readonly id: string
  /** Whether it is one of the broker's own. */
  readonly isInternal: boolean
  /** Replaced as a whole when a setting changes. */
  configs: TopicConfigs
  readonly partitions: PartitionLog[]
}

/** What topics are kept with. */
export interface TopicsOptions {
  readonly random: Random
  readonly place?: Place
  readonly data?: BrokerData
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export class Topics {
  readonly #random: Random
  readonly #place: Place
  readonly #data: BrokerData
  readonly #now: () => number
  readonly #byName: Map<string, Topic> = new Map()
  readonly #byId: Map<string, Topic> = new Map()

  /** Opens the topics there are. @throws MillraceError MR1003 when one cannot be read */
  constructor({ random, place = () => {}, data = new MemoryData(), now = () => 0 }: TopicsOptions) {
    this.#random = random
    this.#place = place
    this.#data = data
    this.#now = now
    for (const stored of data.metadata.topics.values()) this.#open(stored)
  }

  /** The name must be valid and free. @throws StorageFault and there is no such topic */
  create(
    name: string,
    partitions: number,
    configs: ReadonlyMap<string, string> = new Map(),
    copies: Copies = {},
  ): Topic {
    const topic = newTopic(name, randomUuid(this.#random), configs)
    const logs = this.#make(topic, partitions, copies)
    const factor = logs[0]?.replicas.length ?? 1
    this.#data.record(
      { kind: 'topic', name, id: topic.id, factor },
      { kind: 'configs', topic: topic.id, configs: Object.fromEntries(configs) },
      { kind: 'partitions', topic: topic.id, count: partitions },
    )
    topic.partitions.push(...logs)
    this.#add(topic)
    return topic
  }

  /** New partitions have as many copies as those before them. @throws StorageFault and nothing has grown */
  grow(topic: Topic, partitions: number, copies: Copies = {}): void {
    const factor = copies.factor ?? topic.partitions[0]?.replicas.length
    const logs = this.#make(topic, partitions, { ...copies, ...(factor !== undefined && { factor }) })
    if (logs.length === 0) return
    this.#data.record({ kind: 'partitions', topic: topic.id, count: partitions })
    topic.partitions.push(...logs)
  }

  /** Replaces the topic's settings, from now on. @throws StorageFault and they are as they were */
  setConfigs(topic: Topic, configs: ReadonlyMap<string, string>): void {
    this.#data.record({ kind: 'configs', topic: topic.id, configs: Object.fromEntries(configs) })
    topic.configs = new TopicConfigs(configs)
  }

  /** Whoever waits for records of the topic is woken, to find it gone. @throws StorageFault and it is still there */
  delete(topic: Topic): void {
    this.#data.record({ kind: 'deleted', topic: topic.id })
    this.#byName.delete(topic.name)
    this.#byId.delete(topic.id)
    // Files that the disk does not give up go before the next topic of that name, or at the next start.
    for (const partition of topic.partitions) attempt(() => partition.remove())
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

  #open({ name, id, configs, partitions, factor }: StoredTopic): void {
    const topic = newTopic(name, id, new Map(Object.entries(configs)))
    topic.partitions.push(...this.#make(topic, partitions.length, { factor }, partitions))
    this.#add(topic)
  }

  #add(topic: Topic): void {
    this.#byName.set(topic.name, topic)
    this.#byId.set(topic.id, topic)
  }

  /** The logs from the topic's last partition on, up to `count`. */
  #make(topic: Topic, count: number, copies: Copies, stored: readonly StoredPartition[] = []): PartitionLog[] {
    const before = topic.partitions.length
    return Array.from({ length: Math.max(0, count - before) }, (_, at) => {
      const log = this.#openLog(topic, before + at, stored[before + at])
      this.#place(topic.name, before + at, log, { factor: copies.factor, replicas: copies.assignments?.[at] })
      return log
    })
  }

  #openLog(topic: Topic, partition: number, stored: StoredPartition | undefined): PartitionLog {
    const storage = this.#data.partition(topic.name, partition)
    // What a former topic of that name may have left is none of this one's.
    if (stored === undefined) storage.removeAll()
    return new PartitionLog({
      storage,
      policy: () => policyOf(topic.configs),
      now: this.#now,
      checksTail: this.#data.checksTails,
      changed: (change) => this.#data.record({ ...change, topic: topic.id, partition } satisfies Change),
      ...stored,
    })
  }
}

function newTopic(name: string, id: string, configs: ReadonlyMap<string, string>): Topic {
  const isInternal = name === '__consumer_offsets' || name === '__transaction_state'
  return { name, id, isInternal, configs: new TopicConfigs(configs), partitions: [] }
}

/** What is wrong with a topic's name; null when nothing is. */
export function topicNameProblem(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return `Topic name is invalid: '${name}'`
  if (name.length > 249) return `Topic name is longer than 249 characters: ${name}`
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return `Topic name has characters other than letters, digits, '.', '_' and '-': ${name}`
  return null
}

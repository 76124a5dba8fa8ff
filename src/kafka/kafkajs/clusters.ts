/** The cluster behind a client of kafkajs, which it hands to every assignor: the lowest door of its public API. */
import kafkajs, { type Broker, type Cluster, type Consumer, type Kafka } from 'kafkajs'
import { type Clock, sleep } from '../../clock.ts'
import { type Random, systemRandom } from '../../random.ts'
import { closed, isRepeatable } from '../faults.ts'
import type { KafkaError } from '../port.ts'
import { asKafkaError, type Effect } from './errors.ts'

export type Isolation = 'read_committed' | 'read_uncommitted'

/** No group is ever joined under it: kafkajs makes no consumer without a name. */
const nobody = 'millrace-nobody'
const patienceMilliseconds = 30_000
const firstWaitMilliseconds = 10
const longestWaitMilliseconds = 1_000

/** Connections of their own to every node. What is asked about a topic is preceded by `know`. */
export class ClusterDoor {
  readonly clock: Clock
  readonly #kafka: Kafka
  readonly #isolation: Isolation
  readonly #random: Random
  #consumer: Consumer
  #cluster: Cluster
  #connecting: Promise<void> | null = null
  #refreshing: Promise<void> | null = null
  #fetchSizes: number[] = []
  #isClosed = false

  constructor(kafka: Kafka, isolation: Isolation, clock: Clock, random: Random = systemRandom) {
    this.clock = clock
    this.#kafka = kafka
    this.#isolation = isolation
    this.#random = random
    const { cluster, consumer } = this.#open()
    this.#cluster = cluster
    this.#consumer = consumer
  }

  get cluster(): Cluster {
    return this.#cluster
  }

  /** kafkajs takes itself for connected before it can ask anything: whoever comes meanwhile waits as well. */
  async connect(): Promise<void> {
    if (this.#connecting === null && this.#cluster.isConnected()) return
    this.#connecting ??= this.#cluster.connect().finally(() => {
      this.#connecting = null
    })
    await this.#connecting
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#consumer.disconnect().catch(() => undefined)
  }

  /** Makes sure that metadata covers these topics. @returns an error for each that it can't cover */
  async know(topics: Iterable<string>): Promise<ReadonlyMap<string, KafkaError>> {
    const names = [...new Set(topics)]
    try {
      await this.connect()
      await this.#cluster.addMultipleTargetTopics(names)
      return new Map()
    } catch (thrown) {
      if (isRepeatable(asKafkaError(thrown, 'Metadata', 'reads')) && !isUnknownTopic(thrown)) throw thrown
    }
    await this.refresh()
    const errors = new Map<string, KafkaError>()
    for (const name of names) {
      await this.#cluster.addMultipleTargetTopics([name]).catch((thrown: unknown) => {
        errors.set(name, asKafkaError(thrown, 'Metadata', 'reads'))
      })
    }
    return errors
  }

  /**
   * Asks anew who leads what. kafkajs has no way to forget a topic, and knows nothing any more once one of them is
   * gone: then it starts from nothing.
   */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  /**
   * Runs one Fetch and tells how large its answer was, in bytes: kafkajs reports that of every request. Null when it
   * can't be told from another one's.
   */
  async measured<T>(fetch: () => Promise<T>): Promise<{ readonly answer: T; readonly sizeInBytes: number | null }> {
    this.#fetchSizes = []
    const answer = await fetch()
    const [sizeInBytes = null] = this.#fetchSizes.length === 1 ? this.#fetchSizes : []
    return { answer, sizeInBytes }
  }

  async node(nodeId: number): Promise<Broker> {
    return this.cluster.findBroker({ nodeId: String(nodeId) })
  }

  /** Repeats what may pass, with fresh metadata, for half a minute. @throws KafkaError */
  async repeat<T>(request: string, effect: Effect, ask: () => Promise<T>): Promise<T> {
    const deadline = this.clock.monotonic() + patienceMilliseconds
    for (let wait = firstWaitMilliseconds; ; wait = Math.min(wait * 2, longestWaitMilliseconds)) {
      try {
        if (this.#isClosed) throw closed(request)
        return await ask()
      } catch (thrown) {
        const error = asKafkaError(thrown, request, effect)
        if (!isRepeatable(error) || this.#isClosed || this.clock.monotonic() > deadline) throw error
      }
      await sleep(this.clock, wait * (0.5 + this.#random.next() / 2))
      await this.refresh()
    }
  }

  async #refresh(): Promise<void> {
    try {
      await this.#cluster.refreshMetadata()
    } catch (thrown) {
      if (!isUnknownTopic(thrown)) return
      await this.#consumer.disconnect().catch(() => undefined)
      if (this.#isClosed) return
      const { cluster, consumer } = this.#open()
      this.#cluster = cluster
      this.#consumer = consumer
      await this.connect().catch(() => undefined)
    }
  }

  #open(): { cluster: Cluster; consumer: Consumer } {
    let found: Cluster | null = null
    const consumer = this.#kafka.consumer({
      groupId: nobody,
      readUncommitted: this.#isolation === 'read_uncommitted',
      allowAutoTopicCreation: false,
      partitionAssigners: [
        (seat) => {
          found = seat.cluster
          return kafkajs.PartitionAssigners.roundRobin(seat)
        },
      ],
    })
    consumer.on(consumer.events.REQUEST, ({ payload }) => {
      if (payload.apiName === 'Fetch') this.#fetchSizes.push(payload.size)
    })
    return { cluster: found!, consumer }
  }
}

function isUnknownTopic(thrown: unknown): boolean {
  const { reason } = asKafkaError(thrown, 'Metadata', 'reads')
  return reason === 'UNKNOWN_TOPIC_OR_PARTITION' || reason === 'TOPIC_AUTHORIZATION_FAILED'
}

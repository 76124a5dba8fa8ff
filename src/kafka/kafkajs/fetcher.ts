/** Reads assigned partitions ahead of the caller, bounded in bytes. */
import { type Duration, type Timer, toMilliseconds } from '../../clock.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import { errorCode } from '../../wire/errors.ts'
import { isRepeatable, refusal } from '../faults.ts'
import { type FetchedPartition, type Fetcher, KafkaError } from '../port.ts'
import type { ClusterDoor, Isolation } from './clusters.ts'
import { asKafkaError } from './errors.ts'
import { Feed, type Portion } from './feed.ts'
import { fetchFrom, partitionMaxBytes } from './fetch.ts'

export interface FetcherOptions {
  readonly isolation: Isolation
  /** Read ahead at most so much, over all partitions; one answer may exceed it. */
  readonly maxBytes?: number
}

const defaultMaxBytes = 16 * 1024 * 1024
const firstRestMilliseconds = 10
const longestRestMilliseconds = 1_000
const patienceMilliseconds = 30_000
/** So often a partition may show nothing where there is something, before it is given up. */
const emptyAnswersAllowed = 50
const emptyRestMilliseconds = 20

/** A request at a time to each node: kafkajs answers a connection in order, as brokers do. */
export class KafkajsFetcher implements Fetcher {
  readonly #door: ClusterDoor
  readonly #isolation: Isolation
  readonly #maxBytes: number
  /** In the order of service: who was asked for goes to the end. */
  readonly #feeds = new Map<string, Feed>()
  readonly #busyNodes = new Set<number>()
  #wakePoll: (() => void) | null = null
  #isTending = false
  #mustTend = false
  #isClosed = false

  constructor(door: ClusterDoor, { isolation, maxBytes = defaultMaxBytes }: FetcherOptions) {
    this.#door = door
    this.#isolation = isolation
    this.#maxBytes = maxBytes
  }

  seek({ topic, partition }: TopicPartition, offset: number): void {
    const feed = new Feed({ topic, partition }, offset)
    const name = partitionName(feed.place)
    feed.isPaused = this.#feeds.get(name)?.isPaused ?? false
    // A new object: answers to earlier questions find that they are no longer wanted.
    this.#feeds.set(name, feed)
    this.#tendSoon()
  }

  remove(partition: TopicPartition): void {
    this.#feeds.delete(partitionName(partition))
  }

  pause(partition: TopicPartition): void {
    const feed = this.#feeds.get(partitionName(partition))
    if (feed !== undefined) feed.isPaused = true
  }

  resume(partition: TopicPartition): void {
    const feed = this.#feeds.get(partitionName(partition))
    if (feed === undefined) return
    feed.isPaused = false
    if (feed.hasPortions) this.wake()
    this.#tendSoon()
  }

  async poll(maxWait: Duration): Promise<FetchedPartition[]> {
    const ready = this.#collect()
    const milliseconds = toMilliseconds(maxWait)
    // Closed by its client it waits as well: who polls in a loop would else leave nobody else a turn.
    if (ready.length > 0 || milliseconds <= 0) return ready
    await this.#arrival(milliseconds)
    return this.#collect()
  }

  wake(): void {
    this.#wakePoll?.()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#feeds.clear()
    this.wake()
    await this.#door.close()
  }

  #collect(): FetchedPartition[] {
    const collected: FetchedPartition[] = []
    for (const { error } of this.#feeds.values()) if (error !== null) throw error
    for (const feed of this.#feeds.values()) if (!feed.isPaused && feed.hasPortions) collected.push(feed.take())
    if (collected.length > 0) this.#tendSoon()
    return collected
  }

  #arrival(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | null = null
      const wake = () => {
        timer?.cancel()
        this.#wakePoll = null
        resolve()
      }
      this.#wakePoll = wake
      timer = this.#door.clock.after(milliseconds, wake)
    })
  }

  #tendSoon(): void {
    this.#mustTend = true
    if (this.#isTending || this.#isClosed) return
    this.#isTending = true
    queueMicrotask(() => void this.#tendAll())
  }

  /** Again, for whatever was sought or freed meanwhile. */
  async #tendAll(): Promise<void> {
    while (this.#mustTend && !this.#isClosed) {
      this.#mustTend = false
      await this.#tend()
    }
    this.#isTending = false
  }

  /** Asks every node that has something to read and nothing to answer. */
  async #tend(): Promise<void> {
    const free = [...this.#feeds.values()].filter((feed) => this.#mayAsk(feed))
    if (free.length === 0) return
    const unknown = await this.#know(free)
    for (const [node, feeds] of this.#byNode(free.filter((feed) => !unknown.has(feed) && this.#mayAsk(feed)))) {
      if (!this.#busyNodes.has(node)) void this.#ask(node, companyOf(feeds))
    }
  }

  /** @returns those whose topic metadata does not cover */
  async #know(feeds: readonly Feed[]): Promise<ReadonlySet<Feed>> {
    const errors = await this.#door.know(feeds.map(({ place }) => place.topic)).catch((thrown: unknown) => {
      const error = asKafkaError(thrown, 'Metadata', 'reads')
      return new Map(feeds.map(({ place }) => [place.topic, error]))
    })
    const unknown = feeds.filter(({ place }) => errors.has(place.topic))
    for (const feed of unknown) this.#fail(feed, errors.get(feed.place.topic)!)
    return new Set(unknown)
  }

  #mayAsk(feed: Feed): boolean {
    const isCurrent = this.#feeds.get(partitionName(feed.place)) === feed
    if (!isCurrent || feed.isBusy || feed.error !== null || (feed.isPaused && feed.hasPortions)) return false
    return feed.sizeInBytes < Math.max(partitionMaxBytes, this.#maxBytes / this.#feeds.size) && this.#room > 0
  }

  /** What is paused waits for its own reader, and must not keep the others from being read. */
  get #room(): number {
    let left = this.#maxBytes
    for (const { sizeInBytes, isPaused } of this.#feeds.values()) if (!isPaused) left -= sizeInBytes
    return left
  }

  #byNode(feeds: readonly Feed[]): Map<number, Feed[]> {
    const nodes = new Map<number, Feed[]>()
    for (const feed of feeds) {
      const node = this.#leaderOf(feed.place)
      if (node === null) this.#fail(feed, leaderless(feed.place))
      else nodes.set(node, [...(nodes.get(node) ?? []), feed])
    }
    return nodes
  }

  #leaderOf({ topic, partition }: TopicPartition): number | null {
    const known = this.#door.cluster.findTopicPartitionMetadata(topic)
    const leader = known.find(({ partitionId }) => partitionId === partition)?.leader ?? -1
    return leader < 0 ? null : leader
  }

  async #ask(node: number, feeds: readonly Feed[]): Promise<void> {
    this.#busyNodes.add(node)
    for (const feed of feeds) feed.isBusy = true
    const terms = { isolation: this.#isolation, maxBytes: Math.max(this.#room, partitionMaxBytes) }
    try {
      const portions = await fetchFrom(this.#door, node, feeds, terms)
      for (const feed of feeds) {
        feed.isBusy = false
        this.#receive(feed, portions.get(partitionName(feed.place)), feeds.length === 1)
      }
    } catch (thrown) {
      this.#blame(feeds, thrown)
    } finally {
      this.#busyNodes.delete(node)
      this.#tendSoon()
    }
  }

  #receive(feed: Feed, portion: Portion | undefined, wasAlone: boolean): void {
    const name = partitionName(feed.place)
    if (this.#isClosed || this.#feeds.get(name) !== feed) return
    this.#feeds.delete(name)
    this.#feeds.set(name, feed)
    feed.failures = 0
    if (portion === undefined) return
    const isStanding = portion.nextOffset === feed.position && portion.nextOffset < this.#limitOf(portion)
    feed.push(portion)
    // Alone also for the rest of an emptied batch.
    feed.isAlone = isStanding || portion.isEmptied
    if (!isStanding) feed.emptyAnswers = 0
    else if (wasAlone) this.#watch(feed)
    if (feed.hasPortions && !feed.isPaused) this.wake()
  }

  #limitOf({ highWatermark, lastStableOffset }: Portion): number {
    return this.#isolation === 'read_committed' ? lastStableOffset : highWatermark
  }

  /** Reading that stands still must not look like a quiet topic. */
  #watch(feed: Feed): void {
    if (++feed.emptyAnswers >= emptyAnswersAllowed) feed.error = standstill(feed)
    else this.#rest(feed, emptyRestMilliseconds)
  }

  /** kafkajs names the partition only for an offset outside the log; for any other error each is asked alone. */
  #blame(feeds: readonly Feed[], thrown: unknown): void {
    const error = asKafkaError(thrown, 'Fetch', 'reads')
    const named = error.partition === null ? null : partitionName(error.partition)
    for (const feed of feeds) {
      feed.isBusy = false
      if (named !== null && named !== partitionName(feed.place)) continue
      if (feeds.length === 1 || named !== null || isRepeatable(error)) this.#fail(feed, error)
      feed.isAlone = true
    }
  }

  /** What repetition cannot cure is told by the next poll. */
  #fail(feed: Feed, error: KafkaError): void {
    if (this.#isClosed) return
    const now = this.#door.clock.monotonic()
    if (feed.failures++ === 0) feed.failingSince = now
    const isMissing = error.reason === 'UNKNOWN_TOPIC_OR_PARTITION' && now - feed.failingSince > patienceMilliseconds
    if (isRepeatable(error) && !isMissing) {
      this.#rest(feed, Math.min(firstRestMilliseconds * 2 ** Math.min(feed.failures, 20), longestRestMilliseconds))
      return
    }
    const { reason, message } = error
    feed.error = outOfRange(error, feed) ?? new KafkaError('fatal', reason, 'Fetch', message, { cause: error })
    this.wake()
  }

  #rest(feed: Feed, milliseconds: number): void {
    feed.isBusy = true
    const awake = () => {
      feed.isBusy = false
      this.#tendSoon()
    }
    this.#door.clock.after(milliseconds, () => {
      if (this.#isClosed) return
      if (feed.failures === 0) awake()
      else this.#door.refresh().then(awake, awake)
    })
  }
}

/** The first, and whoever may be asked together with it. */
function companyOf(feeds: readonly Feed[]): readonly Feed[] {
  return feeds[0]!.isAlone ? [feeds[0]!] : feeds.filter(({ isAlone }) => !isAlone)
}

function leaderless(place: TopicPartition): KafkaError {
  return refusal(errorCode.UNKNOWN_TOPIC_OR_PARTITION, 'Metadata', partitionName(place))
}

function outOfRange(error: KafkaError, { place, position }: Feed): KafkaError | null {
  if (error.fault !== 'out-of-range') return null
  const message = `Offset ${position} is not in the log of ${partitionName(place)}`
  return new KafkaError('out-of-range', error.reason, 'Fetch', message, { cause: error, partition: place })
}

/** There is data, says the broker, and answers without. */
function standstill({ place, position }: Feed): KafkaError {
  const name = partitionName(place)
  const message = `Reading ${name} stands still at offset ${position}: the log goes on, but kafkajs shows nothing of it. Read it with Millrace's own client`
  return new KafkaError('fatal', 'NO_PROGRESS', 'Fetch', message, { partition: place })
}

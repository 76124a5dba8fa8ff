/** Reads assigned partitions ahead of the caller, bounded in bytes. */
import { type Duration, type Timer, toMilliseconds } from '../../clock.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import { errorCode } from '../../wire/errors.ts'
import type { FetchedPartition, Fetcher } from '../port.ts'
import { KafkaError } from '../port.ts'
import type { Cluster, Purpose } from './cluster.ts'
import { isRepeatable, refusal } from './errors.ts'
import { Feed } from './feed.ts'
import { type Fetched, fetchFrom, type Isolation } from './fetch.ts'
import { backoff } from './retry.ts'

export interface FetcherOptions {
  readonly isolation: Isolation
  /** Read ahead at most so much, over all partitions; one answer may exceed it. */
  readonly maxBytes?: number
}

const defaultMaxBytes = 16 * 1024 * 1024
const partitionMaxBytes = 1024 * 1024
const maxWaitMilliseconds = 250
/** Unreadable data is asked for again: it may have been spoilt on its way. So often, then it is spoilt in the log. */
const corruptionsAllowed = 4
const hopelessReasons: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID'])

/**
 * Two requests may wait at a node, on a connection each: while one waits for partitions where nothing happens, the
 * other serves those that become ready (sought, resumed, polled empty).
 */
export class NativeFetcher implements Fetcher {
  readonly #cluster: Cluster
  readonly #isolation: Isolation
  readonly #maxBytes: number
  readonly #purposes: readonly Purpose[]
  /** In the order of service: who got data goes to the end. */
  readonly #feeds = new Map<string, Feed>()
  readonly #busy = new Set<string>()
  #wakePoll: (() => void) | null = null
  #isTending = false
  #isClosed = false

  constructor(cluster: Cluster, { isolation, maxBytes = defaultMaxBytes }: FetcherOptions) {
    this.#cluster = cluster
    this.#isolation = isolation
    this.#maxBytes = maxBytes
    this.#purposes = [`fetch-${cluster.nextPurpose()}`, `fetch-${cluster.nextPurpose()}`]
  }

  seek(partition: TopicPartition, offset: number): void {
    const name = partitionName(partition)
    const place = { topic: partition.topic, partition: partition.partition }
    const feed = new Feed(place, offset)
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
    if (ready.length > 0 || this.#isClosed || milliseconds <= 0) return ready
    await this.#arrival(milliseconds)
    return this.#collect()
  }

  wake(): void {
    this.#wakePoll?.()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#feeds.clear()
    for (const purpose of this.#purposes) this.#cluster.release(purpose)
    this.wake()
  }

  #collect(): FetchedPartition[] {
    const collected: FetchedPartition[] = []
    for (const { error } of this.#feeds.values()) if (error !== null) throw error
    for (const feed of this.#feeds.values()) {
      if (!feed.isPaused && feed.hasPortions) collected.push(feed.take())
    }
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
      timer = this.#cluster.clock.after(milliseconds, wake)
    })
  }

  #tendSoon(): void {
    if (this.#isTending) return
    this.#isTending = true
    queueMicrotask(() => {
      this.#isTending = false
      this.#tend()
    })
  }

  /** Asks every node that has something to read and a connection to spare. */
  #tend(): void {
    if (this.#isClosed) return
    let left = this.#maxBytes
    // What is paused waits for its own reader, and must not keep the others from being read.
    for (const { sizeInBytes, isPaused } of this.#feeds.values()) if (!isPaused) left -= sizeInBytes
    if (left <= 0) return
    const share = Math.max(partitionMaxBytes, this.#maxBytes / this.#feeds.size)
    for (const [node, feeds] of this.#askable(share)) {
      const purpose = this.#purposes.find((name) => !this.#busy.has(`${node} ${name}`))
      if (purpose !== undefined) void this.#ask(node, purpose, feeds, Math.max(left, partitionMaxBytes))
    }
  }

  #askable(share: number): Map<number, Feed[]> {
    const nodes = new Map<number, Feed[]>()
    for (const feed of this.#feeds.values()) {
      if (feed.isAsked || feed.isResting || feed.error !== null) continue
      if (feed.sizeInBytes >= share || (feed.isPaused && feed.hasPortions)) continue
      const node = this.#cluster.metadata.leader(feed.place)
      if (node < 0) this.#fail(feed, leaderless(this.#cluster, feed.place))
      else if (!nodes.has(node)) nodes.set(node, [feed])
      else nodes.get(node)!.push(feed)
    }
    return nodes
  }

  async #ask(node: number, purpose: Purpose, feeds: readonly Feed[], maxBytes: number): Promise<void> {
    const seat = `${node} ${purpose}`
    this.#busy.add(seat)
    for (const feed of feeds) feed.isAsked = true
    const options = { isolation: this.#isolation, purpose, maxBytes, partitionMaxBytes, maxWaitMilliseconds }
    try {
      this.#receive(feeds, await fetchFrom(this.#cluster, node, feeds, options))
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      for (const feed of feeds) this.#fail(feed, error)
    } finally {
      this.#busy.delete(seat)
      for (const feed of feeds) feed.isAsked = false
      this.#tendSoon()
    }
  }

  #receive(feeds: readonly Feed[], fetched: Fetched): void {
    let hasArrived = false
    for (const feed of feeds) {
      const name = partitionName(feed.place)
      if (this.#feeds.get(name) !== feed) continue
      const portion = fetched.get(name) ?? unmentioned(name)
      if (portion instanceof KafkaError) {
        this.#fail(feed, portion)
        continue
      }
      feed.push(portion)
      if (portion.sizeInBytes > 0) {
        this.#feeds.delete(name)
        this.#feeds.set(name, feed)
      }
      hasArrived ||= feed.hasPortions && !feed.isPaused
    }
    if (hasArrived) this.wake()
  }

  /** A lost answer to a read costs nothing; what repetition cannot cure is told by the next poll. */
  #fail(feed: Feed, error: KafkaError): void {
    const now = this.#cluster.clock.monotonic()
    if (this.#isClosed) return
    if (feed.failures === 0) feed.failingSince = now
    const isHopeless =
      (hopelessReasons.has(error.reason) && now - feed.failingSince > this.#cluster.config.requestTimeout) ||
      (error.reason === 'CORRUPT_MESSAGE' && feed.failures >= corruptionsAllowed)
    if (isHopeless) feed.error = new KafkaError('fatal', error.reason, 'Fetch', error.message, { cause: error })
    else if (isRepeatable(error)) this.#rest(feed)
    else feed.error = error
    if (feed.error !== null) this.wake()
  }

  /** Waits, longer each time, then asks who leads the partition now. */
  #rest(feed: Feed): void {
    const { clock, config, random } = this.#cluster
    feed.isResting = true
    const wait = feed.failures === 0 ? 0 : backoff(config.retry, feed.failures - 1, random)
    feed.failures++
    const awake = () => {
      feed.isResting = false
      this.#tendSoon()
    }
    clock.after(wait, () => {
      if (!this.#isClosed) this.#cluster.refresh([feed.place.topic]).then(awake, awake)
    })
  }
}

function unmentioned(name: string): KafkaError {
  return new KafkaError('retriable', 'PROTOCOL', 'Fetch', `The answer to Fetch does not mention ${name}`)
}

function leaderless(cluster: Cluster, place: TopicPartition): KafkaError {
  const code = cluster.metadata.topic(place.topic)?.errorCode ?? errorCode.LEADER_NOT_AVAILABLE
  const isMissing = code === 0 && !cluster.metadata.has(place)
  const known = isMissing ? errorCode.UNKNOWN_TOPIC_OR_PARTITION : code || errorCode.LEADER_NOT_AVAILABLE
  return refusal(known, 'Metadata', partitionName(place))
}

/** Reads assigned partitions ahead of the caller, bounded in bytes. */
import { type Duration, type Timer, toMilliseconds } from '../../../clock.ts'
import { partitionName, type TopicPartition } from '../../../record.ts'
import { errorCode } from '../../../wire/errors.ts'
import { isRepeatable, refusal } from '../../faults.ts'
import type { FetchedPartition, Fetcher } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster, Purpose } from '../cluster/cluster.ts'
import { backoff } from '../retry.ts'
import { Feed, type Portion } from './feed.ts'
import { type Answered, type Fetched, fetchFrom, type Isolation } from './fetch.ts'
import { heldBytes, pausedLimitOf, quotaOf } from './fetch-budget.ts'
import { type FetchPlan, partitionMaxBytes, planFetches, type Read } from './fetch-plan.ts'
import { meetingEnds, Seats, waitFor } from './long-polls.ts'
import { checkPositions } from './truncation.ts'

export interface FetcherOptions {
  readonly isolation: Isolation
  /** Read ahead at most so much, what is on its way included; a single batch may exceed it. */
  readonly maxBytes?: number
}

const defaultMaxBytes = 8 * 1024 * 1024
/** A replica is read from so long, then the leader chooses again: the replica may have moved. */
const replicaMilliseconds = 300_000
/** After a replica has failed, the leader serves so long. */
const leaderMilliseconds = 30_000
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
  readonly #seats: Seats
  /** What the answers that are on their way may hold. */
  #inFlightBytes = 0
  #wakePoll: (() => void) | null = null
  #isTending = false
  #isClosed = false

  constructor(cluster: Cluster, { isolation, maxBytes = defaultMaxBytes }: FetcherOptions) {
    this.#cluster = cluster
    this.#isolation = isolation
    this.#maxBytes = maxBytes
    this.#purposes = [`fetch-${cluster.nextPurpose()}`, `fetch-${cluster.nextPurpose()}`]
    this.#seats = new Seats(this.#purposes)
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
    if (feed === undefined) return
    feed.isPaused = true
    feed.detach()
    this.#trim()
  }

  resume(partition: TopicPartition): void {
    const feed = this.#feeds.get(partitionName(partition))
    if (feed === undefined) return
    feed.isPaused = false
    feed.isTrimmed = false
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

  /** Asks every node that has something to read and a connection to spare, within the budget. */
  #tend(): void {
    if (this.#isClosed || this.#feeds.size === 0) return
    const quota = quotaOf(this.#maxBytes, this.#cluster.metadata.nodes.length)
    const { reads, doubts, leaderless } = this.#plan(quota)
    for (const feed of leaderless) this.#fail(feed, nobodyLeads(this.#cluster, feed.place))
    for (const [node, feeds] of doubts) void this.#check(node, feeds)
    for (const read of reads) {
      if (this.#maxBytes - heldBytes(this.#feeds.values()).all - this.#inFlightBytes < quota) return
      const purpose = this.#seats.free(read.node)
      if (purpose === undefined) continue
      const wait = this.#waitOf(read)
      if (wait === null) this.#cluster.clock.after(meetingEnds, () => this.#tendSoon())
      else void this.#ask(read, purpose, quota, wait)
    }
  }

  #waitOf({ node, feeds }: Read): number | null {
    const endsAt = this.#seats.endsAt(node)
    const patience = Math.min(...feeds.map((feed) => feed.patience))
    return waitFor(patience, endsAt === null ? null : endsAt - this.#cluster.clock.monotonic())
  }

  #plan(quota: number): FetchPlan {
    const { metadata, clock, config } = this.#cluster
    const terms = { now: clock.monotonic(), rack: config.rack ?? '', maxBytes: this.#maxBytes, quota }
    return planFetches([...this.#feeds.values()], metadata, terms)
  }

  async #check(leader: number, feeds: readonly Feed[]): Promise<void> {
    for (const feed of feeds) feed.isAsked = true
    const doubts = feeds.map(({ place, position, lastEpoch }) => {
      return { place, position, lastEpoch, leaderEpoch: this.#cluster.metadata.leaderEpoch(place) }
    })
    try {
      const verdicts = await checkPositions(this.#cluster, leader, doubts)
      for (const [index, feed] of feeds.entries()) {
        const name = partitionName(feed.place)
        const verdict = verdicts.has(name) ? verdicts.get(name)! : unmentioned(name, 'OffsetForLeaderEpoch')
        if (this.#feeds.get(name) !== feed) continue
        if (verdict === null) feed.leaderEpoch = doubts[index]!.leaderEpoch
        else this.#fail(feed, verdict)
      }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      for (const feed of feeds) this.#fail(feed, error)
    } finally {
      for (const feed of feeds) feed.isAsked = false
      this.#tendSoon()
    }
  }

  async #ask({ node, rackId, feeds }: Read, purpose: Purpose, maxBytes: number, wait: number): Promise<void> {
    this.#seats.take(node, purpose, this.#cluster.clock.monotonic() + wait)
    this.#inFlightBytes += maxBytes
    for (const feed of feeds) feed.isAsked = true
    const options = {
      isolation: this.#isolation,
      purpose,
      maxBytes,
      partitionMaxBytes,
      maxWaitMilliseconds: Math.ceil(wait),
      rackId,
    }
    let fetched: Fetched | KafkaError
    try {
      fetched = await fetchFrom(this.#cluster, node, feeds, options)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      fetched = error
    }
    this.#seats.leave(node, purpose)
    this.#inFlightBytes -= maxBytes
    for (const feed of feeds) feed.isAsked = false
    this.#receive(node, feeds, fetched)
    this.#tendSoon()
  }

  #receive(node: number, feeds: readonly Feed[], fetched: Fetched | KafkaError): void {
    let hasArrived = false
    for (const feed of feeds) {
      const name = partitionName(feed.place)
      if (this.#feeds.get(name) !== feed) continue
      const answer = fetched instanceof KafkaError ? failed(fetched) : fetched.get(name)
      this.#take(node, feed, answer ?? failed(unmentioned(name, 'Fetch')))
      hasArrived ||= feed.hasPortions && !feed.isPaused
    }
    this.#trim()
    if (hasArrived) this.wake()
  }

  #take(node: number, feed: Feed, answer: Answered): void {
    const now = this.#cluster.clock.monotonic()
    if (answer.kind === 'replica') {
      const canBeFound = answer.node !== node && this.#cluster.metadata.address(answer.node) !== undefined
      if (canBeFound) feed.replica = { node: answer.node, until: now + replicaMilliseconds }
      else feed.leaveReplica(now + leaderMilliseconds)
    } else if (answer.kind === 'portion') {
      this.#serve(feed, answer.portion)
    } else if (feed.replica?.node === node) {
      // A replica may be behind, or gone: nothing it refuses is final.
      feed.leaveReplica(now + leaderMilliseconds)
    } else if (answer.isLedElsewhere) {
      this.#rest(feed, 0)
    } else {
      this.#fail(feed, answer.error)
    }
  }

  /** Who got data goes to the end of the queue. */
  #serve(feed: Feed, portion: Portion): void {
    feed.push(portion)
    if (feed.isPaused) feed.detach()
    if (portion.sizeInBytes === 0) return
    const name = partitionName(feed.place)
    this.#feeds.delete(name)
    this.#feeds.set(name, feed)
  }

  /** What is paused may not take the room of the others: beyond its half the newest of the largest is forgotten. */
  #trim(): void {
    const limit = pausedLimitOf(this.#maxBytes)
    while (heldBytes(this.#feeds.values()).paused > limit) {
      const paused = [...this.#feeds.values()].filter(({ isPaused, isAsked }) => isPaused && !isAsked)
      const largest = paused.reduce<Feed | null>(
        (most, feed) => (feed.sizeInBytes > (most?.sizeInBytes ?? 0) ? feed : most),
        null,
      )
      if (largest === null) return
      largest.trim()
    }
  }

  /** A lost answer to a read costs nothing; what repetition cannot cure is told by the next poll. */
  #fail(feed: Feed, error: KafkaError): void {
    const now = this.#cluster.clock.monotonic()
    if (this.#isClosed) return
    if (feed.failures === 0) feed.failingSince = now
    const isHopeless =
      (hopelessReasons.has(error.reason) && now - feed.failingSince > this.#cluster.config.requestTimeout) ||
      (error.reason === 'CORRUPT_MESSAGE' && feed.failures >= corruptionsAllowed)
    const { place: partition } = feed
    if (isHopeless)
      feed.error = new KafkaError('fatal', error.reason, 'Fetch', error.message, { cause: error, partition })
    else if (isRepeatable(error)) this.#rest(feed)
    else feed.error = error
    if (feed.error !== null) this.wake()
  }

  /** Waits, longer each time, then asks who leads the partition now; or so long as is known, and asks nobody. */
  #rest(feed: Feed, wait: number | null = null): void {
    const { clock, config, random } = this.#cluster
    feed.isResting = true
    const awake = () => {
      feed.isResting = false
      this.#tendSoon()
    }
    if (wait !== null) return void clock.after(wait, awake)
    const milliseconds = feed.failures === 0 ? 0 : backoff(config.retry, feed.failures - 1, random)
    feed.failures++
    clock.after(milliseconds, () => {
      if (!this.#isClosed) this.#cluster.refresh([feed.place.topic]).then(awake, awake)
    })
  }
}

function failed(error: KafkaError): Answered {
  return { kind: 'error', error, isLedElsewhere: false }
}

function unmentioned(name: string, request: string): KafkaError {
  return new KafkaError('retriable', 'PROTOCOL', request, `The answer to ${request} does not mention ${name}`)
}

function nobodyLeads(cluster: Cluster, place: TopicPartition): KafkaError {
  const code = cluster.metadata.topic(place.topic)?.errorCode ?? errorCode.LEADER_NOT_AVAILABLE
  const isMissing = code === 0 && !cluster.metadata.has(place)
  const known = isMissing ? errorCode.UNKNOWN_TOPIC_OR_PARTITION : code || errorCode.LEADER_NOT_AVAILABLE
  return refusal(known, 'Metadata', partitionName(place))
}

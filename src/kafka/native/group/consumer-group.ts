/** Membership in a consumer group of the newer protocol (KIP-848): the broker assigns, heartbeats say all there is to say. */
import { sleep, toMilliseconds } from '../../../clock.ts'
import type { TopicPartition } from '../../../record.ts'
import type { ConsumerGroupHeartbeat } from '../../../wire/apis/68-consumer-group-heartbeat.ts'
import type { Response } from '../../../wire/schema.ts'
import { closed, isRepeatable } from '../../faults.ts'
import type { GroupMemberOptions, Membership } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster, Purpose } from '../cluster/cluster.ts'
import { Coordinator } from '../cluster/coordinators.ts'
import { backoff } from '../retry.ts'
import { beat, depart, joinEpoch, type TopicShare } from './consumer-group-requests.ts'
import { isSame, memberIdOf, placesOf } from './consumer-group-shares.ts'
import type { Seat } from './group-requests.ts'

const defaultRebalanceMilliseconds = 60_000
/** More often than the broker asks for: it tells of changes only when it is spoken to. */
const longestPauseMilliseconds = 1_000
const firstPauseMilliseconds = 100
const beginAnewReasons: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'FENCED_MEMBER_EPOCH',
  'GROUP_ID_NOT_FOUND',
])
const request = 'ConsumerGroupHeartbeat'

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

/**
 * A member beats, hears what it is to have, gives up or takes on, and says so in the next beat. The epoch of its
 * identity is the one the broker last answered; positions are committed under it. Sessions are as long as the broker
 * says, and there is no way to ask for a rebalance: `rejoin` only says everything again.
 */
export class ConsumerMembership implements Membership {
  readonly group: string
  readonly #cluster: Cluster
  readonly #options: GroupMemberOptions
  readonly #seat: Seat
  #memberId: string
  readonly #rebalanceTimeoutMilliseconds: number
  #epoch = joinEpoch
  /** What the broker last said is ours; null until it has. */
  #told: readonly TopicShare[] | null = null
  /** What we hold, as the caller last settled it. */
  #owned: readonly TopicShare[] = []
  #settledEpoch = -1
  /** Runs while the caller gives up or takes on. */
  #settling: Promise<void> | null = null
  #saysAll = true
  #saysOwned = false
  #pauseMilliseconds = firstPauseMilliseconds
  #failures = 0
  #waiters: Waiter[] = []
  #wake: () => void = () => {}
  #isWoken = false
  #end: KafkaError | null = null
  #started: Waiter | null = null

  constructor(cluster: Cluster, group: string, options: GroupMemberOptions) {
    const purpose: Purpose = `group-${cluster.nextPurpose()}`
    const coordinator = new Coordinator(cluster, 'group', group)
    this.group = group
    this.#cluster = cluster
    this.#options = options
    this.#seat = { coordinator, group, instanceId: options.instanceId ?? null, purpose }
    this.#memberId = memberIdOf(cluster.random)
    this.#rebalanceTimeoutMilliseconds = toMilliseconds(
      options.rebalanceTimeout ?? { milliseconds: defaultRebalanceMilliseconds },
    )
  }

  get memberId(): string {
    return this.#memberId
  }

  get generation(): number {
    return this.#epoch
  }

  get instanceId(): string | null {
    return this.#seat.instanceId
  }

  /** Resolves when the first assignment has been handled; the membership lives on by itself. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject }
      void this.#live()
    })
  }

  rejoin(): void {
    this.#saysAll = true
    this.#hurry()
  }

  confirm(): Promise<void> {
    if (this.#end !== null) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      this.#hurry()
    })
  }

  async leave({ keepPlace = false }: { readonly keepPlace?: boolean } = {}): Promise<void> {
    if (this.#end !== null) return
    this.#close(closed(request))
    const isExpected = this.#seat.instanceId !== null && keepPlace
    // Without a word, a dynamic member that keeps its place is forgotten when its session ends.
    if (isExpected || !keepPlace) {
      await this.#cluster.repeat(() => depart(this.#seat, this.#memberId, isExpected)).catch(() => undefined)
    }
    this.#cluster.release(this.#seat.purpose)
  }

  async #live(): Promise<void> {
    const patience = this.#cluster.patience()
    while (this.#end === null) {
      try {
        await this.#beat()
        this.#failures = 0
      } catch (error) {
        if (this.#end !== null) return
        if (this.#started !== null && patience.isOver) this.#give(error)
        else await this.#recover(error)
      }
      if (this.#end === null) await this.#pause()
    }
  }

  async #beat(): Promise<void> {
    const waiting = this.#waiters
    this.#waiters = []
    this.#isWoken = false
    const saysAll = this.#saysAll || this.#epoch === joinEpoch
    const saysOwned = saysAll || this.#saysOwned
    try {
      const answer = await beat(this.#seat, {
        memberId: this.#memberId,
        memberEpoch: this.#epoch,
        terms: saysAll ? this.#terms() : null,
        owned: saysOwned ? this.#owned : null,
      })
      if (saysAll) this.#saysAll = false
      if (saysOwned) this.#saysOwned = false
      this.#hear(answer)
    } catch (error) {
      this.#waiters.unshift(...waiting)
      throw error
    }
    for (const waiter of waiting) waiter.resolve()
  }

  #terms() {
    return { topics: this.#options.topics, rebalanceTimeoutMilliseconds: this.#rebalanceTimeoutMilliseconds }
  }

  #hear({ memberEpoch, assignment }: Response<typeof ConsumerGroupHeartbeat>): void {
    if (this.#end !== null) return
    if (memberEpoch !== this.#epoch || assignment !== null) this.#pauseMilliseconds = firstPauseMilliseconds
    this.#epoch = memberEpoch
    if (assignment !== null && !isSame(assignment.topicPartitions, this.#told)) this.#told = assignment.topicPartitions
    this.#settle()
  }

  /** Lets the caller take notice of what has changed, one change at a time; beats go on meanwhile. */
  #settle(): void {
    const told = this.#told
    if (this.#settling !== null || told === null) return
    if (this.#settledEpoch === this.#epoch && told === this.#owned) return
    this.#settling = this.#handOver(told, this.#epoch).then(
      () => {
        this.#settling = null
        this.#started?.resolve()
        this.#started = null
        this.#hurry()
        if (this.#end === null) this.#settle()
      },
      (error: unknown) => {
        this.#settling = null
        this.#give(callbackFailed(error))
      },
    )
  }

  async #handOver(told: readonly TopicShare[], generation: number): Promise<void> {
    const partitions = await this.#named(told)
    await this.#options.assigned({ generation, partitions, userData: Buffer.alloc(0) })
    this.#saysOwned = this.#saysOwned || told !== this.#owned
    this.#owned = told
    this.#settledEpoch = generation
  }

  /** The broker speaks of topics by their ids; a topic that is not known by now is asked for. */
  async #named(told: readonly TopicShare[]): Promise<TopicPartition[]> {
    const { metadata } = this.#cluster
    const isKnown = ({ topicId }: TopicShare): boolean => metadata.nameOf(topicId) !== undefined
    if (!told.every(isKnown)) await this.#cluster.repeat(() => this.#cluster.refresh(this.#options.topics))
    return placesOf(told, (topicId) => metadata.nameOf(topicId))
  }

  /** After a beat that failed: again, as a new member, or never. */
  async #recover(thrown: unknown): Promise<void> {
    const error = thrown instanceof KafkaError ? thrown : callbackFailed(thrown)
    this.#saysAll = true
    // Who had the name is given up by the broker when its session ends.
    if (isRepeatable(error) || error.reason === 'UNRELEASED_INSTANCE_ID') {
      return sleep(this.#cluster.clock, backoff(this.#cluster.config.retry, this.#failures++, this.#cluster.random))
    }
    if (!beginAnewReasons.has(error.reason)) return this.#give(error)
    this.#epoch = joinEpoch
    // The broker may still know the former one: it holds its partitions until its session ends.
    this.#memberId = memberIdOf(this.#cluster.random)
    await this.#lose(error)
  }

  /** All that was owned is gone. */
  async #lose(error: KafkaError): Promise<void> {
    this.#rejectWaiters(error)
    const wasMember = this.#told !== null
    this.#told = null
    await this.#settling
    this.#owned = []
    this.#settledEpoch = -1
    if (wasMember) this.#options.lost(error)
  }

  /** The membership ends by itself. */
  #give(error: unknown): void {
    if (this.#end !== null) return
    const why = error instanceof KafkaError ? error : callbackFailed(error)
    const wasMember = this.#told !== null
    this.#close(why)
    this.#cluster.release(this.#seat.purpose)
    if (wasMember) this.#options.lost(why)
  }

  #close(error: KafkaError): void {
    this.#end = error
    this.#rejectWaiters(error)
    this.#started?.reject(error)
    this.#started = null
    this.#wake()
  }

  #rejectWaiters(error: KafkaError): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(error)
  }

  #hurry(): void {
    this.#isWoken = true
    this.#wake()
  }

  /** Until the next beat is due, or there is something to say. */
  #pause(): Promise<void> {
    const milliseconds = this.#isWoken ? 0 : this.#pauseMilliseconds
    this.#pauseMilliseconds = Math.min(2 * this.#pauseMilliseconds, longestPauseMilliseconds)
    return new Promise((resolve) => {
      const timer = this.#cluster.clock.after(milliseconds, resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}

/** A member whose own code fails can't go on; the group goes on without it. */
function callbackFailed(thrown: unknown): KafkaError {
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return new KafkaError('fatal', 'CALLBACK', request, `A member's own code failed: ${why}`, { cause: thrown })
}

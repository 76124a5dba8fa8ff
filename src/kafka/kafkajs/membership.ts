/** Membership in a consumer group, through a consumer of kafkajs that reads nothing. */
import type { Assigner, Consumer, Kafka, PartitionAssigner } from 'kafkajs'
import { type Clock, toMilliseconds } from '../../clock.ts'
import type { TopicPartition } from '../../record.ts'
import { closed } from '../faults.ts'
import { type Assignment, type GroupMemberOptions, KafkaError, type Membership } from '../port.ts'
import { asKafkaError } from './errors.ts'
import { decodeMember, decodeNotes, encodeClaim, encodeShare } from './group-protocol.ts'

const defaultSessionMilliseconds = 10_000
const defaultRebalanceMilliseconds = 60_000
const heartbeatMilliseconds = 1_000
/** How long kafkajs sleeps between two looks at its duties when it has nothing to fetch. */
const turnMilliseconds = 100
/** How long a first join may take. */
const patienceMilliseconds = 30_000
const nothing = Buffer.alloc(0)

/**
 * kafkajs joins, heartbeats and joins again by itself, and says so afterwards; its consumer is told to fetch nothing.
 * It rejoins at once when the group rebalances: so `claim` may be asked while `assigned` is still at work, and then
 * claims what is about to be given up.
 */
export class KafkajsMembership implements Membership {
  readonly group: string
  readonly instanceId = null
  readonly #options: GroupMemberOptions
  readonly #consumer: Consumer
  readonly #started = Promise.withResolvers<void>()
  #memberId = ''
  #generation = -1
  #leaderSaid: { readonly generation: number; readonly userData: Buffer } = { generation: -1, userData: nothing }
  /** Callbacks come one after another. */
  #callbacks: Promise<void> = Promise.resolve()
  #mustRejoin = false
  #hasStarted = false
  #end: KafkaError | null = null
  #confirming: { resolve(): void; reject(error: KafkaError): void; beats: number }[] = []

  constructor(kafka: Kafka, group: string, options: GroupMemberOptions, clock: Clock) {
    const giveUpAt = clock.monotonic() + patienceMilliseconds
    const session = toMilliseconds(options.sessionTimeout ?? { milliseconds: defaultSessionMilliseconds })
    const beat = Math.min(heartbeatMilliseconds, Math.floor(session / 3))
    this.group = group
    this.#options = options
    this.#consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: session,
      rebalanceTimeout: toMilliseconds(options.rebalanceTimeout ?? { milliseconds: defaultRebalanceMilliseconds }),
      heartbeatInterval: beat,
      maxWaitTimeInMs: Math.min(turnMilliseconds, Math.ceil(beat / 2)),
      allowAutoTopicCreation: false,
      partitionAssigners: [this.#assigner],
      // Also for what Kafka says of itself while it starts: kafkajs takes that for the end.
      retry: {
        restartOnFailure: async () => this.#end === null && (this.#hasStarted || clock.monotonic() < giveUpAt),
      },
    })
    this.#listen()
  }

  get memberId(): string {
    return this.#memberId
  }

  get generation(): number {
    return this.#generation
  }

  /** Resolves when the first assignment has been handled. */
  async start(): Promise<void> {
    try {
      await this.#consumer.connect()
      await this.#consumer.subscribe({ topics: [...this.#options.topics] })
      if (this.#end !== null) throw this.#end
    } catch (thrown) {
      throw this.#finish(asKafkaError(thrown, 'JoinGroup', 'reads'))
    }
    // It settles once the group was joined; who has left meanwhile leaves again.
    void this.#consumer.run({ autoCommit: false, eachBatch: async () => undefined }).then(() => {
      if (this.#end !== null) return this.#consumer.disconnect()
    })
    return this.#started.promise
  }

  rejoin(): void {
    this.#mustRejoin = true
  }

  confirm(): Promise<void> {
    if (this.#end !== null) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      // The next heartbeat to be answered may have been sent before.
      this.#confirming.push({ resolve, reject, beats: 2 })
    })
  }

  /** There is no place to keep: kafkajs knows no static members, and leaves when it stops. */
  async leave(): Promise<void> {
    if (this.#end === null) this.#finish(closed('JoinGroup'))
    await this.#consumer.disconnect().catch(() => undefined)
  }

  close(): Promise<void> {
    return this.leave()
  }

  readonly #assigner: PartitionAssigner = (): Assigner => ({
    // Both sides must put their notes where kafkajs shows them: a group is of one kind of client.
    name: `${this.#options.protocolName}-kafkajs`,
    version: 1,
    protocol: () => {
      const { owned, userData } = this.#options.claim()
      const { topics } = this.#options
      const [generation, memberId] = [this.#generation, this.#memberId]
      const metadata = encodeClaim({ topics, owned, userData, generation, memberId })
      return { name: `${this.#options.protocolName}-kafkajs`, metadata }
    },
    assign: async ({ members }) => {
      const known = members.map(({ memberId, memberMetadata }) => decodeMember(memberId, memberMetadata))
      const shares = await this.#options.assign(known)
      return known.map(({ memberId }) => {
        const share = shares.get(memberId) ?? { partitions: [], userData: nothing }
        return { memberId, memberAssignment: encodeShare(share) }
      })
    },
  })

  #listen(): void {
    const { events } = this.#consumer
    this.#consumer.on(events.RECEIVED_UNSUBSCRIBED_TOPICS, ({ payload }) => {
      this.#leaderSaid = { generation: payload.generationId, userData: decodeNotes(payload.assignedTopics) }
    })
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => this.#joined(payload.memberId, payload.memberAssignment))
    this.#consumer.on(events.HEARTBEAT, () => this.#beaten())
    this.#consumer.on(events.FETCH_START, () => this.#turn())
    this.#consumer.on(events.CRASH, ({ payload }) => this.#crashed(payload.error, payload.restart))
  }

  /** Between two fetches an error goes to kafkajs' own loop: one that says "rebalance" makes it join again. */
  #turn(): void {
    if (!this.#mustRejoin) return
    this.#mustRejoin = false
    throw Object.assign(new Error('a rebalance was asked for'), { type: 'REBALANCE_IN_PROGRESS' })
  }

  #joined(memberId: string, assigned: Readonly<Record<string, readonly number[]>>): void {
    if (this.#end !== null) return
    const topics = Object.entries(assigned)
    // What a member holds is read by fetchers, from positions of ours. Whole topics, since the consumer may know others later.
    this.#consumer.pause(this.#options.topics.map((topic) => ({ topic })))
    const isAnother = this.#memberId !== '' && this.#memberId !== memberId
    this.#memberId = memberId
    this.#generation = this.#leaderSaid.generation
    if (isAnother) this.#lose(forgotten(this.group))
    const partitions = topics.flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })))
    this.#hand({ ...this.#leaderSaid, partitions })
  }

  #hand(assignment: Assignment & { readonly partitions: readonly TopicPartition[] }): void {
    this.#inTurn(async () => {
      // Another generation has formed meanwhile: its assignment follows.
      if (this.#end !== null || assignment.generation !== this.#generation) return
      if ((await this.#options.assigned(assignment)) === 'rejoin') this.rejoin()
      this.#hasStarted = true
      this.#started.resolve()
    })
  }

  #inTurn(callback: () => void | Promise<void>): void {
    this.#callbacks = this.#callbacks.then(callback).catch((thrown: unknown) => {
      if (this.#end !== null) return
      this.#finish(callbackFailed(thrown))
      void this.#consumer.disconnect().catch(() => undefined)
    })
  }

  #lose(error: KafkaError): void {
    for (const { reject } of this.#confirming.splice(0)) reject(error)
    if (this.#hasStarted) this.#inTurn(() => this.#options.lost(error))
  }

  #beaten(): void {
    for (const each of this.#confirming) if (--each.beats === 0) each.resolve()
    this.#confirming = this.#confirming.filter(({ beats }) => beats > 0)
  }

  /** kafkajs has left the group. When it begins again by itself it is another member. */
  #crashed(thrown: Error, begins: boolean): void {
    if (this.#end !== null) return
    const error = asKafkaError(thrown, 'JoinGroup', 'reads')
    if (begins) {
      if (this.#memberId !== '') this.#lose(forgotten(this.group, error))
      this.#memberId = ''
      return
    }
    this.#lose(error)
    this.#finish(error)
  }

  #finish(error: KafkaError): KafkaError {
    this.#end = error
    for (const { reject } of this.#confirming.splice(0)) reject(error)
    this.#started.promise.catch(() => undefined)
    this.#started.reject(error)
    return error
  }
}

function forgotten(group: string, cause?: KafkaError): KafkaError {
  const message = `The group ${group} has gone on without this member: ${cause?.message ?? 'its coordinator did not hear of it in time'}`
  return new KafkaError('fenced', 'UNKNOWN_MEMBER_ID', 'Heartbeat', message, { cause })
}

/** A member whose own code fails can't go on; the group goes on without it. */
function callbackFailed(thrown: unknown): KafkaError {
  if (thrown instanceof KafkaError) return thrown
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return new KafkaError('fatal', 'CALLBACK', 'JoinGroup', `A member's own code failed: ${why}`, { cause: thrown })
}

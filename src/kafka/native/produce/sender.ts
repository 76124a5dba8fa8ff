/** Writes batches under one producer id and epoch: in order per partition, many partitions in one request. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { type BatchBuilder, type Compression, giveMemoryBack } from '../../../wire/batch.ts'
import { errorCode, isRetriable } from '../../../wire/errors.ts'
import { isRepeatable, refusal } from '../../faults.ts'
import type { Appended } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { backoff, markersWait } from '../retry.ts'
import { type Identity, Lane, type Parcel, sequenceAfter, stamp } from './lane.ts'
import {
  afterFailure,
  emptyBatch,
  finalOf,
  isGapError,
  leaderless,
  mayHaveReached,
  missing,
  type Outcome,
  produce,
} from './produce.ts'

export interface SenderOptions {
  /** Null outside transactions. */
  readonly transactionalId: string | null
  readonly compression: Compression
  /** Highest version of Produce. */
  readonly cap: number
  /** A lost answer must not be followed by the same request again (rule R5 under the first transaction protocol). */
  readonly isLossFinal: boolean
  /** On the monotonic clock: nothing is sent before. */
  readonly notBefore?: number
  /** Asked before the first parcel to a partition is sent (AddPartitionsToTxn). */
  enlist?(places: readonly TopicPartition[]): Promise<void>
  /** Nothing more is sent after a failure. */
  failed(error: KafkaError): void
}

interface Sent {
  readonly lane: Lane
  readonly parcel: Parcel
}

const requestsInFlightPerNode = 5
const largestRequestBytes = 8 * 1024 * 1024

export class Sender {
  readonly #cluster: Cluster
  readonly #identity: Identity
  readonly #options: SenderOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #enlisted = new Set<Lane>()
  readonly #requests = new Map<number, number>()
  #isPumping = false
  #unsettled = 0
  #inFlight = 0
  #waiters: (() => void)[] = []
  #failure: KafkaError | null = null
  #discarding: KafkaError | null = null
  #hasDropped = false
  #hasReached = false

  constructor(cluster: Cluster, identity: Identity, options: SenderOptions) {
    this.#cluster = cluster
    this.#identity = identity
    this.#options = options
  }

  /** Nothing more can be sent under this identity: a batch was dropped, or the producer has failed. */
  get isSpent(): boolean {
    return this.#hasDropped || this.#failure !== null
  }

  /** True when some request may have made its partitions part of the transaction (KIP-890 does so by itself). */
  get hasReached(): boolean {
    return this.#hasReached
  }

  append(place: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    const refused = this.#refusalOf(place, batch.count)
    if (refused !== null) return Promise.reject(refused)
    const lane = this.#lane(place)
    const records = batch.count
    const transactional = this.#options.transactionalId !== null
    const { compression } = this.#options
    const bytes = batch.build({ ...this.#identity, baseSequence: lane.nextSequence, transactional, compression })
    return this.#enqueue(lane, bytes, records)
  }

  /** For a batch that was built before the identity was known. */
  appendBuilt(place: TopicPartition, bytes: Buffer, records: number): Promise<Appended> {
    const refused = this.#refusalOf(place, records)
    if (refused !== null) return Promise.reject(refused)
    const lane = this.#lane(place)
    stamp(bytes, this.#identity, lane.nextSequence)
    return this.#enqueue(lane, bytes, records)
  }

  /** Resolves when every parcel has been answered, one way or the other. */
  async drained(): Promise<void> {
    while (this.#unsettled > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  /** Refuses what was not sent yet; resolves when nothing is in flight. Afterwards the sender can be used again. */
  async discard(error: KafkaError): Promise<void> {
    this.#discarding = error
    this.#refuseWaiting(error)
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve))
    this.#discarding = null
  }

  /** Sends nothing more. What is in flight is still answered. */
  fail(error: KafkaError): void {
    if (this.#failure !== null) return
    this.#failure = error
    this.#refuseWaiting(afterFailure(error))
  }

  /** A new transaction under the same epoch: sequences go on, partitions must be enlisted again. */
  forgetEnlisted(): void {
    this.#enlisted.clear()
  }

  #refusalOf(place: TopicPartition, records: number): KafkaError | null {
    if (this.#failure !== null) return afterFailure(this.#failure)
    return records === 0 ? emptyBatch(place) : null
  }

  #enqueue(lane: Lane, bytes: Buffer, records: number): Promise<Appended> {
    const sequence = lane.nextSequence
    lane.nextSequence = sequenceAfter(sequence, records)
    this.#unsettled++
    return new Promise((resolve, reject) => {
      const deadline = this.#cluster.clock.monotonic() + this.#cluster.config.requestTimeout
      lane.push({ bytes, records, sequence, deadline, wasLost: false, resolve, reject })
      this.#pumpSoon()
    })
  }

  #lane(place: TopicPartition): Lane {
    const name = partitionName(place)
    let lane = this.#lanes.get(name)
    if (lane === undefined) {
      lane = new Lane({ topic: place.topic, partition: place.partition })
      this.#lanes.set(name, lane)
    }
    return lane
  }

  /** What is appended in one go leaves in one request. */
  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    const pump = (): void => {
      this.#isPumping = false
      this.#pump()
    }
    const { notBefore = 0 } = this.#options
    const early = notBefore === 0 ? 0 : notBefore - this.#cluster.clock.monotonic()
    if (early > 0) this.#cluster.clock.after(early, pump)
    else queueMicrotask(pump)
  }

  #pump(): void {
    if (this.#failure !== null) return
    const strangers: Lane[] = []
    const nodes = new Set<number>()
    for (const lane of this.#lanes.values()) {
      if (lane.isEmpty || lane.isResting) continue
      const node = this.#cluster.metadata.leader(lane.place)
      if (node < 0) this.#rest(lane, null)
      else if (this.#options.enlist !== undefined && !this.#enlisted.has(lane)) strangers.push(lane)
      else nodes.add(node)
    }
    if (strangers.length > 0) void this.#enlist(strangers)
    for (const node of nodes) this.#fill(node)
  }

  async #enlist(lanes: readonly Lane[]): Promise<void> {
    for (const lane of lanes) lane.isResting = true
    this.#inFlight++
    try {
      await this.#options.enlist?.(lanes.map(({ place }) => place))
      for (const lane of lanes) this.#enlisted.add(lane)
    } catch (error) {
      this.#giveUp(error as KafkaError)
    }
    this.#inFlight--
    for (const lane of lanes) lane.isResting = false
    this.#wakeWaiters()
    this.#pumpSoon()
  }

  /** Sends to a node until it has its share of requests or nothing is ready. */
  #fill(node: number): void {
    while ((this.#requests.get(node) ?? 0) < requestsInFlightPerNode) {
      const sent: Sent[] = []
      let size = 0
      for (const lane of this.#lanes.values()) {
        if (!lane.isReady(node) || this.#cluster.metadata.leader(lane.place) !== node) continue
        if (this.#options.enlist !== undefined && !this.#enlisted.has(lane)) continue
        if (size > 0 && size + lane.oldest!.bytes.length > largestRequestBytes) continue
        const parcel = lane.take(node)
        size += parcel.bytes.length
        sent.push({ lane, parcel })
      }
      if (sent.length === 0) return
      void this.#send(node, sent)
    }
  }

  async #send(node: number, sent: readonly Sent[]): Promise<void> {
    this.#requests.set(node, (this.#requests.get(node) ?? 0) + 1)
    this.#inFlight++
    const batches = sent.map(({ lane, parcel }) => ({ ...lane.place, records: parcel.bytes }))
    const outcomes = await produce(this.#cluster, node, batches, this.#options)
    this.#requests.set(node, (this.#requests.get(node) ?? 0) - 1)
    this.#inFlight--
    for (const { lane } of sent) lane.inFlight--
    for (const { lane, parcel } of sent) {
      const outcome = outcomes instanceof KafkaError ? outcomes : outcomes.get(partitionName(lane.place))
      this.#settle(lane, parcel, outcome)
      if (lane.hasGap) lane.settle()
    }
    this.#wakeWaiters()
    this.#pumpSoon()
  }

  #settle(lane: Lane, parcel: Parcel, outcome: Outcome | KafkaError | undefined): void {
    this.#hasReached ||= mayHaveReached(outcome)
    if (outcome instanceof KafkaError) this.#settleLost(lane, parcel, outcome)
    else if (outcome === undefined) this.#settleRefused(lane, parcel, missing(lane.place))
    else if (outcome.code === 0 || outcome.code === errorCode.DUPLICATE_SEQUENCE_NUMBER) {
      lane.isProven = true
      lane.attempts = 0
      lane.waitsForMarkers = 0
      this.#unsettled--
      // What was lost on its way once may still stand in the memory of a connection that has ended.
      if (!parcel.wasLost) giveMemoryBack(parcel.bytes)
      parcel.resolve({ offset: outcome.offset })
    } else {
      const error = refusal(outcome.code, 'Produce', partitionName(lane.place), outcome.message)
      const isPassing = isRetriable(outcome.code) || (isGapError(outcome.code) && lane.hasGap)
      if (isPassing) this.#sendAgain(lane, parcel, error, knownWait(outcome, lane))
      else if (error.fault === 'unknown-outcome') this.#settleLost(lane, parcel, error)
      else this.#settleRefused(lane, parcel, error)
    }
  }

  #settleLost(lane: Lane, parcel: Parcel, error: KafkaError): void {
    const mayRepeat = isRepeatable(error) && !(this.#options.isLossFinal && error.fault === 'unknown-outcome')
    if (error.fault === 'unknown-outcome') parcel.wasLost = true
    if (mayRepeat) {
      this.#sendAgain(lane, parcel, error, null)
    } else {
      this.#refuse(parcel, error)
      this.#giveUp(error)
    }
  }

  /** Only data that is refused for what it is leaves the others unharmed, and that outside transactions only. */
  #settleRefused(lane: Lane, parcel: Parcel, error: KafkaError): void {
    this.#hasDropped = true
    this.#refuse(parcel, error)
    if (error.fault === 'rejected' && this.#options.transactionalId === null) lane.leaveGap(parcel)
    else this.#giveUp(error)
  }

  #sendAgain(lane: Lane, parcel: Parcel, error: KafkaError, wait: number | null): void {
    if (this.#failure !== null || this.#discarding !== null) {
      this.#refuse(parcel, this.#discarding ?? afterFailure(error))
    } else if (this.#cluster.clock.monotonic() >= parcel.deadline) {
      const final = finalOf(error, parcel.wasLost, this.#options.transactionalId !== null)
      this.#refuse(parcel, final)
      this.#giveUp(final)
    } else {
      lane.giveBack(parcel)
      if (!lane.isResting) this.#rest(lane, wait)
    }
  }

  /** Lets a lane wait: a time that is known, or a backoff and fresh metadata. */
  #rest(lane: Lane, wait: number | null): void {
    const { clock, config, random } = this.#cluster
    lane.isResting = true
    const oldest = lane.oldest
    if (oldest !== undefined && clock.monotonic() >= oldest.deadline) this.#giveUp(leaderless(lane.place))
    const wake = () => {
      lane.isResting = false
      this.#pumpSoon()
    }
    if (wait !== null) return void clock.after(wait, wake)
    const milliseconds = lane.attempts === 0 ? 0 : backoff(config.retry, lane.attempts - 1, random)
    lane.attempts++
    clock.after(milliseconds, () => {
      this.#cluster.refresh([lane.place.topic]).then(wake, wake)
    })
  }

  #giveUp(error: KafkaError): void {
    this.#hasDropped = true
    if (this.#failure !== null) return
    this.fail(error)
    this.#options.failed(error)
  }

  #refuseWaiting(error: KafkaError): void {
    for (const lane of this.#lanes.values()) {
      for (const parcel of lane.empty()) this.#refuse(parcel, error)
    }
  }

  #refuse(parcel: Parcel, error: KafkaError): void {
    this.#hasDropped = true
    this.#unsettled--
    parcel.reject(error)
    this.#wakeWaiters()
  }

  #wakeWaiters(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}

/** Null: look for the leader, after a backoff. */
function knownWait({ code, isLedElsewhere }: Outcome, lane: Lane): number | null {
  if (code === errorCode.CONCURRENT_TRANSACTIONS) return markersWait(lane.waitsForMarkers++)
  return isLedElsewhere ? 0 : null
}

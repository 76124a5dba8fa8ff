/**
 * The transaction coordinator (KIP-98, KIP-360, KIP-890): which producer may write under a transactional id, and which
 * partitions its transaction touches. Every step is written down before it is known or answered.
 */
import type { Clock } from '../../clock.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import { errorCode } from '../../wire/errors.ts'
import { type InternalTopics, transactionsPartition } from '../internal-topics.ts'
import type { Marker } from '../log/log.ts'
import { attempt } from '../storage/attempt.ts'
import type { Timers } from '../timers.ts'
import {
  type Identified,
  identityOf,
  identityProblem,
  isKnownIdentity,
  isRepeated,
  type ProducerIdentity,
  raised,
  raisedAtEnd,
  refusal,
  settled,
} from './identity.ts'
import { TransactionLog } from './log.ts'
import { ProducerIds } from './producer-ids.ts'
import {
  type Ending,
  isEnding,
  isState,
  type Outcome,
  onAdd,
  onEnd,
  onEndRaising,
  onInitialise,
  onMarked,
} from './states.ts'
import { newTransaction, noEpoch, raisingProtocol, type Transaction } from './transaction.ts'

/** How long to wait before a step is written again that could not be. */
const retryMilliseconds = 1000

export interface EndRequest extends ProducerIdentity {
  readonly transactionalId: string
  readonly ending: Ending
  /** Whether ending the transaction raises the epoch (protocol 2). */
  readonly raisesEpoch: boolean
}

/** Where the end of a transaction becomes visible. */
export interface MarkerSink {
  /** Calls `write` for each partition, now or later, again while it says false, and `done` after the last. */
  schedule(partitions: readonly TopicPartition[], write: (partition: TopicPartition) => boolean, done: () => void): void
  /** Returns the error code. */
  write(partition: TopicPartition, marker: Marker): number
}

/** Times are milliseconds. */
export interface TransactionSettings {
  readonly clock: Clock
  readonly transactionVersion: 0 | 1 | 2
  readonly transactionCheckInterval: number
  readonly transactionMaximumTimeout: number
  readonly transactionalIdExpiration: number
  readonly transactionalIdExpirationCheckInterval: number
}

export class TransactionCoordinator {
  readonly producerIds: ProducerIds = new ProducerIds()
  readonly #settings: TransactionSettings
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #log: TransactionLog
  readonly #markers: MarkerSink
  readonly #transactions: Map<string, Transaction> = new Map()

  constructor(timers: Timers, settings: TransactionSettings, topics: InternalTopics, markers: MarkerSink) {
    this.#settings = settings
    this.#clock = settings.clock
    this.#timers = timers
    this.#log = new TransactionLog(topics, settings.clock, settings.transactionVersion)
    this.#markers = markers
    timers.every(settings.transactionCheckInterval, () => this.abortTimedOut())
    timers.every(settings.transactionalIdExpirationCheckInterval, () => this.expire())
  }

  /** Becomes the coordinator of a partition's transactional ids, as they are written: what is decided is carried out. */
  load(partitionIndex: number): void {
    this.unload(partitionIndex)
    for (const [id, transaction] of this.#log.read(partitionIndex)) {
      this.#transactions.set(id, transaction)
      this.producerIds.skip(Math.max(transaction.producerId, transaction.nextProducerId))
      if (isEnding(transaction.state)) this.#sendMarkers(transaction)
    }
  }

  /** Forgets a partition's transactional ids. Markers that are on their way arrive, or are refused as too old. */
  unload(partitionIndex: number): void {
    for (const id of [...this.#transactions.keys()]) {
      if (transactionsPartition(id).partition === partitionIndex) this.#transactions.delete(id)
    }
  }

  /** A producer id without transactions. */
  newProducer(): Identified {
    return whatIsWritten(refusal, () => ({
      errorCode: errorCode.NONE,
      producerId: this.producerIds.next(),
      producerEpoch: 0,
    }))
  }

  /**
   * Gives the producer of a transactional id its identity, which fences all before it. `expected` is what a client
   * that goes on after an error had (KIP-360).
   */
  initialise(id: string, timeoutMilliseconds: number, expected: ProducerIdentity | null): Identified {
    return whatIsWritten(refusal, () => this.#initialise(id, timeoutMilliseconds, expected))
  }

  #initialise(id: string, timeoutMilliseconds: number, expected: ProducerIdentity | null): Identified {
    if (id === '') return refusal(errorCode.INVALID_REQUEST)
    if (timeoutMilliseconds <= 0 || timeoutMilliseconds > this.#settings.transactionMaximumTimeout) {
      return refusal(errorCode.INVALID_TRANSACTION_TIMEOUT)
    }
    const known = this.#transactions.get(id)
    const transaction = known ?? newTransaction(id, this.producerIds.next(), timeoutMilliseconds)
    const outcome = onInitialise[transaction.state]
    if (!isState(outcome)) return refusal(errorCode[outcome])
    if (expected !== null && !isKnownIdentity(transaction, expected)) return refusal(errorCode.PRODUCER_FENCED)
    if (outcome === 'PrepareAbort') {
      this.#fence(transaction)
      return refusal(errorCode.CONCURRENT_TRANSACTIONS)
    }
    const identity = raised(transaction, expected, () => this.producerIds.next())
    if (typeof identity === 'number') return refusal(identity)
    this.#change(transaction, { ...identity, state: outcome, timeoutMilliseconds, startTime: -1 })
    this.#transactions.set(id, transaction)
    return { errorCode: errorCode.NONE, producerId: transaction.producerId, producerEpoch: transaction.epoch }
  }

  /** Makes partitions part of the transaction, and begins it with the first. */
  add(id: string, identity: ProducerIdentity, partitions: readonly TopicPartition[], protocol = 0): number {
    return whatIsWritten(
      (code) => code,
      () => this.#add(id, identity, partitions, protocol),
    )
  }

  #add(id: string, identity: ProducerIdentity, partitions: readonly TopicPartition[], protocol: number): number {
    const transaction = this.#transactions.get(id)
    if (transaction === undefined) return errorCode.INVALID_PRODUCER_ID_MAPPING
    const outcome = onAdd[transaction.state]
    if (!isState(outcome)) return errorCode[outcome]
    const code = identityProblem(transaction, identity)
    if (code !== errorCode.NONE) return code
    const isOpen = transaction.state === 'Ongoing'
    if (isOpen && partitions.every((partition) => transaction.partitions.has(partitionName(partition)))) return code
    const all = new Map(transaction.partitions)
    for (const partition of partitions) all.set(partitionName(partition), partition)
    const startTime = isOpen ? transaction.startTime : this.#clock.now()
    this.#change(transaction, { state: outcome, startTime, partitions: all, protocol })
    return errorCode.NONE
  }

  /** Whether the partition is part of the producer's transaction. */
  verify(id: string, identity: ProducerIdentity, partition: TopicPartition): number {
    const transaction = this.#transactions.get(id)
    if (transaction === undefined) return errorCode.INVALID_PRODUCER_ID_MAPPING
    const code = identityProblem(transaction, identity)
    if (code !== errorCode.NONE) return code
    const outcome = onAdd[transaction.state]
    if (!isState(outcome)) return errorCode[outcome]
    return transaction.partitions.has(partitionName(partition)) ? errorCode.NONE : errorCode.TRANSACTION_ABORTABLE
  }

  /** Decides the transaction. The answer is given now, the markers follow. */
  end(request: EndRequest): Identified {
    return whatIsWritten(refusal, () => this.#end(request))
  }

  #end(request: EndRequest): Identified {
    const { transactionalId, producerId, producerEpoch, ending, raisesEpoch } = request
    const transaction = this.#transactions.get(transactionalId)
    if (transaction === undefined) return refusal(errorCode.INVALID_PRODUCER_ID_MAPPING)
    const again = raisesEpoch && isRepeated(transaction, request)
    // Under protocol 2 whoever asks has to wait for the markers, before anything is said of the epoch.
    const isLet = again || (raisesEpoch && isEnding(transaction.state))
    const code = isLet ? errorCode.NONE : identityProblem(transaction, { producerId, producerEpoch })
    if (code !== errorCode.NONE) return refusal(code)
    const outcome = outcomeOfEnd(transaction, ending, raisesEpoch, again)
    if (outcome === 'NONE') return identityOf(transaction)
    if (!isState(outcome)) return refusal(errorCode[outcome])
    const identity = raisesEpoch
      ? { ...raisedAtEnd(transaction, () => this.producerIds.next()), protocol: raisingProtocol }
      : {}
    // What is ended without having begun began just now.
    const startTime = transaction.state === 'Ongoing' ? transaction.startTime : this.#clock.now()
    this.#change(transaction, { ...identity, state: outcome, startTime })
    this.#sendMarkers(transaction)
    return identityOf(transaction)
  }

  /** Aborts what has been open for longer than its timeout, and fences its producer. */
  abortTimedOut(): void {
    const now = this.#clock.now()
    for (const transaction of this.#transactions.values()) {
      const { state, startTime, timeoutMilliseconds } = transaction
      // What a full disk does not take is tried again at the next check.
      if (state === 'Ongoing' && startTime + timeoutMilliseconds < now) attempt(() => this.#fence(transaction))
    }
  }

  /** Aborts the transaction of an id as if its time were over. False when none is open. */
  expireNow(id: string): boolean {
    const transaction = this.#transactions.get(id)
    if (transaction?.state !== 'Ongoing') return false
    this.#fence(transaction)
    return true
  }

  /** The id has been used for so many epochs. False when it is unknown, or in a transaction. */
  setEpoch(id: string, epoch: number): boolean {
    const transaction = this.#transactions.get(id)
    if (transaction === undefined || transaction.state === 'Ongoing' || isEnding(transaction.state)) return false
    this.#change(transaction, { epoch, previousEpoch: noEpoch })
    return true
  }

  /** Forgets ids that nobody has used for long. */
  expire(): void {
    const before = this.#clock.now() - this.#settings.transactionalIdExpiration
    for (const { id, state, updateTime } of [...this.#transactions.values()]) {
      if (state === 'Ongoing' || isEnding(state) || updateTime > before) continue
      if (attempt(() => this.#log.erase(id)) === errorCode.NONE) this.#transactions.delete(id)
    }
  }

  get(id: string): Transaction | undefined {
    return this.#transactions.get(id)
  }

  all(): Transaction[] {
    return [...this.#transactions.values()]
  }

  /** Raises the epoch and aborts. Under protocol 2 the producer may still ask for the new epoch; else nobody gets it. */
  #fence(transaction: Transaction): void {
    const { epoch } = transaction
    const previousEpoch = this.#settings.transactionVersion === 2 ? epoch : noEpoch
    this.#change(transaction, { state: 'PrepareAbort', epoch: epoch + 1, previousEpoch })
    this.#sendMarkers(transaction)
  }

  /** The decision is written; now everybody concerned is told. */
  #sendMarkers(transaction: Transaction): void {
    const marker = {
      type: transaction.state === 'PrepareCommit' ? ('commit' as const) : ('abort' as const),
      producerId: transaction.producerId,
      producerEpoch: transaction.epoch,
      coordinatorEpoch: this.#log.coordinatorEpoch(transaction.id),
    }
    this.#markers.schedule(
      [...transaction.partitions.values()],
      (partition) => {
        const code = this.#markers.write(partition, { ...marker, timestamp: this.#clock.now() })
        // Any other error is final: the topic is gone, or a newer coordinator has been there.
        if (code === errorCode.KAFKA_STORAGE_ERROR) return false
        transaction.partitions.delete(partitionName(partition))
        return true
      },
      () => this.#complete(transaction),
    )
  }

  /** Every marker is written: the next transaction may begin. */
  #complete(transaction: Transaction): void {
    const outcome = onMarked[transaction.state]
    if (this.#transactions.get(transaction.id) !== transaction || !isState(outcome)) return
    const change = { ...settled(transaction), state: outcome, partitions: new Map() }
    if (attempt(() => this.#change(transaction, change)) === errorCode.NONE) return
    this.#timers.after(retryMilliseconds, () => this.#complete(transaction))
  }

  /** Writes the transaction as it will be, then lets it be so. @throws StorageFault and nothing is changed */
  #change(transaction: Transaction, changes: Partial<Omit<Transaction, 'id'>>): void {
    const changed = { ...transaction, ...changes }
    this.#log.save(changed)
    Object.assign(transaction, changed)
  }
}

function outcomeOfEnd(transaction: Transaction, ending: Ending, raisesEpoch: boolean, again: boolean): Outcome {
  if (!raisesEpoch) return onEnd[transaction.state][ending]
  const asked = again ? (`${ending}Again` as const) : ending
  return onEndRaising[transaction.state][asked]
}

/** What cannot be written is not done: the client is told to look for another coordinator. */
function whatIsWritten<T>(refuse: (code: number) => T, work: () => T): T {
  let answer = refuse(errorCode.NOT_COORDINATOR)
  attempt(() => {
    answer = work()
  })
  return answer
}

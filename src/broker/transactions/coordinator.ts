/**
 * The transaction coordinator (KIP-98, KIP-360, KIP-890): which producer may write under a transactional id, and which
 * partitions its transaction touches.
 * An id is never forgotten here; Kafka forgets it after a week without use.
 */
import type { Clock } from '../../clock.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import { errorCode } from '../../wire/errors.ts'
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
import { lastEpoch, newTransaction, noEpoch, noProducerId, type Transaction } from './transaction.ts'

/** Kafka's `transaction.max.timeout.ms`. */
const longestTimeout = 900_000

export interface ProducerIdentity {
  readonly producerId: number
  readonly producerEpoch: number
}

export interface Identified extends ProducerIdentity {
  readonly errorCode: number
}

export interface EndRequest extends ProducerIdentity {
  readonly transactionalId: string
  readonly ending: Ending
  /** Whether ending the transaction raises the epoch (protocol 2). */
  readonly raisesEpoch: boolean
}

/** Where the end of a transaction becomes visible. */
export interface MarkerSink {
  /** Calls `write` for each partition, now or later, and `done` after the last. */
  schedule(partitions: readonly TopicPartition[], write: (partition: TopicPartition) => void, done: () => void): void
  write(partition: TopicPartition, identity: ProducerIdentity, ending: Ending): void
}

export class TransactionCoordinator {
  readonly #clock: Clock
  readonly #markers: MarkerSink
  readonly #transactions: Map<string, Transaction> = new Map()
  #lastProducerId = -1

  constructor(clock: Clock, markers: MarkerSink) {
    this.#clock = clock
    this.#markers = markers
  }

  /** A producer id without transactions. */
  newProducer(): Identified {
    return { errorCode: errorCode.NONE, producerId: this.#newProducerId(), producerEpoch: 0 }
  }

  /**
   * Gives the producer of a transactional id its identity, which fences all before it. `expected` is what a client
   * that goes on after an error had (KIP-360).
   */
  initialise(id: string, timeoutMilliseconds: number, expected: ProducerIdentity | null): Identified {
    if (id === '') return refusal(errorCode.INVALID_REQUEST)
    if (timeoutMilliseconds <= 0 || timeoutMilliseconds > longestTimeout) {
      return refusal(errorCode.INVALID_TRANSACTION_TIMEOUT)
    }
    const transaction = this.#transactionOf(id, timeoutMilliseconds)
    const outcome = onInitialise[transaction.state]
    if (!isState(outcome)) return refusal(errorCode[outcome])
    if (expected !== null && !isKnownIdentity(transaction, expected)) return refusal(errorCode.PRODUCER_FENCED)
    if (outcome === 'PrepareAbort') {
      this.#fence(transaction)
      return refusal(errorCode.CONCURRENT_TRANSACTIONS)
    }
    const code = this.#raiseEpoch(transaction, expected)
    if (code !== errorCode.NONE) return refusal(code)
    transaction.state = outcome
    transaction.timeoutMilliseconds = timeoutMilliseconds
    transaction.startTime = -1
    return { errorCode: errorCode.NONE, producerId: transaction.producerId, producerEpoch: transaction.epoch }
  }

  /** Makes partitions part of the transaction, and begins it with the first. */
  add(id: string, identity: ProducerIdentity, partitions: readonly TopicPartition[]): number {
    const transaction = this.#transactions.get(id)
    if (transaction === undefined) return errorCode.INVALID_PRODUCER_ID_MAPPING
    const outcome = onAdd[transaction.state]
    if (!isState(outcome)) return errorCode[outcome]
    const code = identityProblem(transaction, identity)
    if (code !== errorCode.NONE) return code
    if (transaction.state !== 'Ongoing') transaction.startTime = this.#clock.now()
    transaction.state = outcome
    for (const partition of partitions) transaction.partitions.set(partitionName(partition), partition)
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
    if (raisesEpoch) this.#raiseEpochAtEnd(transaction)
    this.#prepare(transaction, ending)
    return identityOf(transaction)
  }

  /** Aborts what has been open for longer than its timeout, and fences its producer. */
  abortTimedOut(): void {
    const now = this.#clock.now()
    for (const transaction of this.#transactions.values()) {
      const { state, startTime, timeoutMilliseconds } = transaction
      if (state === 'Ongoing' && startTime + timeoutMilliseconds < now) this.#fence(transaction)
    }
  }

  get(id: string): Transaction | undefined {
    return this.#transactions.get(id)
  }

  all(): Transaction[] {
    return [...this.#transactions.values()]
  }

  /** Raises the epoch and aborts. The new epoch is given to nobody. */
  #fence(transaction: Transaction): void {
    transaction.epoch++
    transaction.previousEpoch = noEpoch
    this.#prepare(transaction, 'abort')
  }

  #prepare(transaction: Transaction, ending: Ending): void {
    transaction.state = ending === 'commit' ? 'PrepareCommit' : 'PrepareAbort'
    const identity = { producerId: transaction.producerId, producerEpoch: transaction.epoch }
    this.#markers.schedule(
      [...transaction.partitions.values()],
      (partition) => {
        this.#markers.write(partition, identity, ending)
        transaction.partitions.delete(partitionName(partition))
      },
      () => complete(transaction),
    )
  }

  #transactionOf(id: string, timeoutMilliseconds: number): Transaction {
    const known = this.#transactions.get(id)
    if (known !== undefined) return known
    const transaction = newTransaction(id, this.#newProducerId(), timeoutMilliseconds)
    this.#transactions.set(id, transaction)
    return transaction
  }

  /** The next epoch, or the present one again when a client repeats its request. */
  #raiseEpoch(transaction: Transaction, expected: ProducerIdentity | null): number {
    const { epoch } = transaction
    if (epoch >= lastEpoch && (expected === null || expected.producerEpoch === epoch)) {
      this.#changeProducerId(transaction, this.#newProducerId())
      transaction.previousEpoch = expected === null ? noEpoch : epoch
      return errorCode.NONE
    }
    const goesOn = expected !== null && epoch !== noEpoch
    if (goesOn && expected.producerEpoch !== epoch) {
      return expected.producerEpoch === transaction.previousEpoch ? errorCode.NONE : errorCode.PRODUCER_FENCED
    }
    transaction.previousEpoch = goesOn ? epoch : noEpoch
    transaction.epoch = epoch + 1
    return errorCode.NONE
  }

  /** The client goes on with the epoch after this one, or under a new producer id when there is none left. */
  #raiseEpochAtEnd(transaction: Transaction): void {
    if (transaction.epoch >= lastEpoch) transaction.nextProducerId = this.#newProducerId()
    transaction.previousEpoch = transaction.epoch
    transaction.epoch++
  }

  #changeProducerId(transaction: Transaction, producerId: number): void {
    transaction.previousProducerId = transaction.producerId
    transaction.producerId = producerId
    transaction.epoch = 0
  }

  #newProducerId(): number {
    return ++this.#lastProducerId
  }
}

/** Every marker is written: the next transaction may begin. */
function complete(transaction: Transaction): void {
  const outcome = onMarked[transaction.state]
  if (isState(outcome)) transaction.state = outcome
  transaction.startTime = -1
  if (transaction.nextProducerId === noProducerId) return
  transaction.previousProducerId = transaction.producerId
  transaction.producerId = transaction.nextProducerId
  transaction.nextProducerId = noProducerId
  transaction.epoch = 0
}

function outcomeOfEnd(transaction: Transaction, ending: Ending, raisesEpoch: boolean, again: boolean): Outcome {
  if (!raisesEpoch) return onEnd[transaction.state][ending]
  const asked = again ? (`${ending}Again` as const) : ending
  return onEndRaising[transaction.state][asked]
}

/** Whether EndTxn asks for what was done: by the epoch before, or the last one of the producer id before. */
function isRepeated(transaction: Transaction, { producerId, producerEpoch }: ProducerIdentity): boolean {
  if (producerId === transaction.producerId) return producerEpoch + 1 === transaction.epoch
  return producerId === transaction.previousProducerId && producerEpoch === lastEpoch && transaction.epoch === 0
}

function identityProblem(transaction: Transaction, identity: ProducerIdentity): number {
  if (transaction.producerId !== identity.producerId) return errorCode.INVALID_PRODUCER_ID_MAPPING
  return transaction.epoch === identity.producerEpoch ? errorCode.NONE : errorCode.PRODUCER_FENCED
}

/** Whether a client could have had this identity under the transactional id, and no other has come since. */
function isKnownIdentity(transaction: Transaction, { producerId, producerEpoch }: ProducerIdentity): boolean {
  if (transaction.epoch === noEpoch || transaction.producerId === producerId) return true
  return producerId === transaction.previousProducerId && producerEpoch >= lastEpoch
}

/** Who the client is from now on. */
function identityOf(transaction: Transaction): Identified {
  const rotates = transaction.nextProducerId !== noProducerId
  return {
    errorCode: errorCode.NONE,
    producerId: rotates ? transaction.nextProducerId : transaction.producerId,
    producerEpoch: rotates ? 0 : transaction.epoch,
  }
}

function refusal(code: number): Identified {
  return { errorCode: code, producerId: noProducerId, producerEpoch: noEpoch }
}

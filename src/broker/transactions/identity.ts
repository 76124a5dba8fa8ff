/** Who a producer is: its id and epoch, who may still use them, and what follows when the epochs are used up. */
import { errorCode } from '../../wire/errors.ts'
import { lastEpoch, noEpoch, noProducerId, type Transaction } from './transaction.ts'

export interface ProducerIdentity {
  readonly producerId: number
  readonly producerEpoch: number
}

export interface Identified extends ProducerIdentity {
  readonly errorCode: number
}

/** The part of a transaction that says who its producer is. */
export type Identity = Pick<
  Transaction,
  'producerId' | 'previousProducerId' | 'nextProducerId' | 'epoch' | 'previousEpoch'
>

/** Whether EndTxn asks for what was done: by the epoch before, or the last one of the producer id before. */
export function isRepeated(transaction: Identity, { producerId, producerEpoch }: ProducerIdentity): boolean {
  if (producerId === transaction.producerId) return producerEpoch + 1 === transaction.epoch
  return producerId === transaction.previousProducerId && producerEpoch === lastEpoch && transaction.epoch === 0
}

export function identityProblem(transaction: Identity, identity: ProducerIdentity): number {
  if (transaction.producerId !== identity.producerId) return errorCode.INVALID_PRODUCER_ID_MAPPING
  return transaction.epoch === identity.producerEpoch ? errorCode.NONE : errorCode.PRODUCER_FENCED
}

/** Whether a client could have had this identity under the transactional id, and no other has come since. */
export function isKnownIdentity(transaction: Identity, { producerId, producerEpoch }: ProducerIdentity): boolean {
  if (transaction.epoch === noEpoch || transaction.producerId === producerId) return true
  return producerId === transaction.previousProducerId && producerEpoch >= lastEpoch
}

/** The next epoch, or the present one again when a client repeats its request; a code when it is fenced. */
export function raised(
  transaction: Identity,
  expected: ProducerIdentity | null,
  newProducerId: () => number,
): Partial<Identity> | number {
  const { epoch } = transaction
  if (epoch >= lastEpoch && (expected === null || expected.producerEpoch === epoch)) {
    return { ...moved(transaction, newProducerId()), previousEpoch: expected === null ? noEpoch : epoch }
  }
  const goesOn = expected !== null && epoch !== noEpoch
  if (goesOn && expected.producerEpoch !== epoch) {
    return expected.producerEpoch === transaction.previousEpoch ? {} : errorCode.PRODUCER_FENCED
  }
  return { previousEpoch: goesOn ? epoch : noEpoch, epoch: epoch + 1 }
}

/** At the end of a transaction under protocol 2: the epoch after this one, or another producer id when there is none left. */
export function raisedAtEnd({ epoch }: Identity, newProducerId: () => number): Partial<Identity> {
  const nextProducerId = epoch >= lastEpoch ? newProducerId() : noProducerId
  return { previousEpoch: epoch, epoch: epoch + 1, nextProducerId }
}

/** The last marker is written: a producer id that waited takes its place. */
export function settled(transaction: Identity): Partial<Identity> {
  return transaction.nextProducerId === noProducerId ? {} : moved(transaction, transaction.nextProducerId)
}

/** Who the client is from now on. */
export function identityOf({ nextProducerId, producerId, epoch }: Identity): Identified {
  const rotates = nextProducerId !== noProducerId
  return {
    errorCode: errorCode.NONE,
    producerId: rotates ? nextProducerId : producerId,
    producerEpoch: rotates ? 0 : epoch,
  }
}

export function refusal(code: number): Identified {
  return { errorCode: code, producerId: noProducerId, producerEpoch: noEpoch }
}

function moved({ producerId }: Identity, next: number): Partial<Identity> {
  return { previousProducerId: producerId, producerId: next, nextProducerId: noProducerId, epoch: 0 }
}

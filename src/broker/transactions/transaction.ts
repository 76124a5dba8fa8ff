/** What the coordinator knows of one transactional id. */
import type { TopicPartition } from '../../record.ts'
import type { TransactionState } from './states.ts'

/** No producer has this epoch: the id was never initialised. */
export const noEpoch = -1
export const noProducerId = -1
/** Under protocol 2 each end of a transaction raises the epoch (KIP-890). */
export const raisingProtocol = 2
/** The highest epoch a client is given. One more is kept for the marker that fences it. */
export const lastEpoch = 32766

export interface Transaction {
  readonly id: string
  state: TransactionState
  producerId: number
  /** The producer id before the present one, for requests repeated across the change. */
  previousProducerId: number
  /** The id that follows once the markers are written, when the epochs of the present one are used up. */
  nextProducerId: number
  epoch: number
  /** The epoch a client had before the present one; `noEpoch` when another client may have had it. */
  previousEpoch: number
  timeoutMilliseconds: number
  /** When the first partition was added; -1 before there was one. */
  startTime: number
  /** When it last changed. */
  updateTime: number
  /** The transaction protocol of the client, by the version of its requests. */
  protocol: number
  /** By name. */
  partitions: Map<string, TopicPartition>
}

export function newTransaction(id: string, producerId: number, timeoutMilliseconds: number): Transaction {
  return {
    id,
    state: 'Empty',
    producerId,
    previousProducerId: noProducerId,
    nextProducerId: noProducerId,
    epoch: noEpoch,
    previousEpoch: noEpoch,
    timeoutMilliseconds,
    startTime: -1,
    updateTime: -1,
    protocol: 0,
    partitions: new Map(),
  }
}

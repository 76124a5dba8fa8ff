/**
 * What transaction coordinators write to `__transaction_state`.
 *
 * Version notes: 1 flexible; producer ids before and after, the client's protocol (KIP-890).
 */
import { array, ignorable, int8, int16, int32, int64, nullable, string, tagged } from '../schema.ts'
import { versioned } from './versioned.ts'

/** The one kind of key. */
export const transactionKeyKind = 0

/** The state of a transaction as a number. */
export const transactionStatus = {
  Empty: 0,
  Ongoing: 1,
  PrepareCommit: 2,
  PrepareAbort: 3,
  CompleteCommit: 4,
  CompleteAbort: 5,
  Dead: 6,
  PrepareEpochFence: 7,
} as const

export const TransactionLogKey = versioned('TransactionLogKey', 0, 'none', { transactionalId: string })

export const TransactionLogValue = versioned('TransactionLogValue', 1, 1, {
  producerId: int64,
  previousProducerId: ignorable(tagged(0, 1, int64, -1)),
  nextProducerId: ignorable(tagged(1, 1, int64, -1)),
  producerEpoch: int16,
  nextProducerEpoch: ignorable(tagged(3, 1, int16, -1)),
  transactionTimeoutMs: int32,
  transactionStatus: int8,
  transactionPartitions: nullable(array({ topic: string, partitionIds: array(int32) })),
  transactionLastUpdateTimestampMs: int64,
  transactionStartTimestampMs: int64,
  clientTransactionVersion: ignorable(tagged(2, 1, int16)),
})

/**
 * Stores a group's positions within a transaction.
 *
 * Version notes: 2 leader epoch · 3 flexible, generation and member (KIP-447) · 4 TRANSACTION_ABORTABLE · 5 begins the
 * transaction by itself, no AddOffsetsToTxn before it (KIP-890).
 */
import { api, array, ignorable, int16, int32, int64, nullable, since, string } from '../schema.ts'

export const TxnOffsetCommit = api(28, 'TxnOffsetCommit', {
  versions: [0, 5],
  flexible: 3,
  request: {
    transactionalId: string,
    groupId: string,
    producerId: int64,
    producerEpoch: int16,
    generationId: since(3, int32, -1),
    memberId: since(3, string),
    groupInstanceId: since(3, nullable(string)),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: ignorable(since(2, int32, -1)),
        committedMetadata: nullable(string),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32,
    topics: array({ name: string, partitions: array({ partitionIndex: int32, errorCode: int16 }) }),
  },
})

/**
 * State, producer and partitions of transactional ids (KIP-664).
 *
 * Version notes: 0 flexible.
 */
import { api, array, int16, int32, int64, string } from '../schema.ts'

export const DescribeTransactions = api(65, 'DescribeTransactions', {
  versions: [0, 0],
  flexible: 0,
  request: { transactionalIds: array(string) },
  response: {
    throttleTimeMs: int32,
    transactionStates: array({
      errorCode: int16,
      transactionalId: string,
      transactionState: string,
      transactionTimeoutMs: int32,
      transactionStartTimeMs: int64,
      producerId: int64,
      producerEpoch: int16,
      topics: array({ topic: string, partitions: array(int32) }),
    }),
  },
})

/**
 * The producers whose state the leader of a partition keeps (KIP-664).
 *
 * Version notes: 0 flexible.
 */
import { api, array, int16, int32, int64, nullable, string } from '../schema.ts'

export const DescribeProducers = api(61, 'DescribeProducers', {
  versions: [0, 0],
  flexible: 0,
  request: { topics: array({ name: string, partitionIndexes: array(int32) }) },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        errorMessage: nullable(string),
        activeProducers: array({
          producerId: int64,
          producerEpoch: int32,
          lastSequence: int32,
          lastTimestamp: int64,
          coordinatorEpoch: int32,
          currentTxnStartOffset: int64,
        }),
      }),
    }),
  },
})

/**
 * Ends producers' transactions in partitions, whatever their coordinator says: for brokers among themselves, and for
 * administrators who abort a transaction that hangs.
 *
 * Version notes: 1 flexible, the only one since Kafka 4.0.
 */
import { api, array, bool, int16, int32, int64, string } from '../schema.ts'

export const WriteTxnMarkers = api(27, 'WriteTxnMarkers', {
  versions: [1, 1],
  flexible: 1,
  request: {
    markers: array({
      producerId: int64,
      producerEpoch: int16,
      transactionResult: bool,
      topics: array({ name: string, partitionIndexes: array(int32) }),
      coordinatorEpoch: int32,
    }),
  },
  response: {
    markers: array({
      producerId: int64,
      topics: array({ name: string, partitions: array({ partitionIndex: int32, errorCode: int16 }) }),
    }),
  },
})

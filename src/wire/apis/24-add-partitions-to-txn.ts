/**
 * Adds partitions to a transaction, before the first record is sent there (transaction protocol 1).
 *
 * Version notes: 2 PRODUCER_FENCED · 3 flexible, the highest for clients · 4 several transactions at once, for brokers
 * only (KIP-890) · 5 TRANSACTION_ABORTABLE.
 */
import { api, array, bool, ignorable, int16, int32, int64, since, string, until } from '../schema.ts'

const partitionResult = { partitionIndex: int32, partitionErrorCode: int16 }

const topicResult = { name: string, resultsByPartition: array(partitionResult) }

const topicPartitions = { name: string, partitions: array(int32) }

export const AddPartitionsToTxn = api(24, 'AddPartitionsToTxn', {
  versions: [0, 5],
  flexible: 3,
  request: {
    transactions: since(
      4,
      array({
        transactionalId: string,
        producerId: int64,
        producerEpoch: int16,
        verifyOnly: bool,
        topics: array(topicPartitions),
      }),
    ),
    v3AndBelowTransactionalId: until(3, string),
    v3AndBelowProducerId: until(3, int64),
    v3AndBelowProducerEpoch: until(3, int16),
    v3AndBelowTopics: until(3, array(topicPartitions)),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: ignorable(since(4, int16)),
    resultsByTransaction: since(4, array({ transactionalId: string, topicResults: array(topicResult) })),
    resultsByTopicV3AndBelow: until(3, array(topicResult)),
  },
})

/**
 * Topics and their partitions, a page at a time (KIP-966).
 *
 * Version notes: 0 flexible.
 */
import { api, array, bool, int16, int32, nullable, string, uuid } from '../schema.ts'

export const DescribeTopicPartitions = api(75, 'DescribeTopicPartitions', {
  versions: [0, 0],
  flexible: 0,
  request: {
    topics: array({ name: string }),
    responsePartitionLimit: int32,
    cursor: nullable({ topicName: string, partitionIndex: int32 }),
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      errorCode: int16,
      name: nullable(string),
      topicId: uuid,
      isInternal: bool,
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: int32,
        replicaNodes: array(int32),
        isrNodes: array(int32),
        eligibleLeaderReplicas: nullable(array(int32)),
        lastKnownElr: nullable(array(int32)),
        offlineReplicas: array(int32),
      }),
      topicAuthorizedOperations: int32,
    }),
    nextCursor: nullable({ topicName: string, partitionIndex: int32 }),
  },
})

/**
 * All a member of a group of the newer protocol says: it joins (epoch 0), lives, acknowledges and leaves (epoch -1, as a
 * static member that comes back -2) by heartbeats; the broker assigns (KIP-848). Null stands for "as before".
 *
 * Version notes: 0 flexible · 1 topics by a regular expression; the member makes its own id.
 */
import { api, array, int16, int32, nullable, since, string, uuid } from '../schema.ts'

const topicPartitions = { topicId: uuid, partitions: array(int32) }

export const ConsumerGroupHeartbeat = api(68, 'ConsumerGroupHeartbeat', {
  versions: [0, 1],
  flexible: 0,
  request: {
    groupId: string,
    memberId: string,
    memberEpoch: int32,
    instanceId: nullable(string),
    rackId: nullable(string),
    rebalanceTimeoutMs: int32,
    subscribedTopicNames: nullable(array(string)),
    subscribedTopicRegex: since(1, nullable(string)),
    serverAssignor: nullable(string),
    topicPartitions: nullable(array(topicPartitions)),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullable(string),
    memberId: nullable(string),
    memberEpoch: int32,
    heartbeatIntervalMs: int32,
    assignment: nullable({ topicPartitions: array(topicPartitions) }),
  },
})

/**
 * Brokers, topics, partitions and their leaders. Topics: null asks for all, an empty list for none (version 0: empty
 * asks for all).
 *
 * Version notes: 1 null topics, racks, controller · 2 cluster id · 4 automatic creation can be refused · 5 offline
 * replicas · 7 leader epoch · 8 to 10 authorised operations of the cluster · 9 flexible · 10 topic ids (usable from 12).
 */
import { api, array, between, bool, ignorable, int16, int32, nullable, since, string, uuid } from '../schema.ts'

export const Metadata = api(3, 'Metadata', {
  versions: [0, 12],
  flexible: 9,
  request: {
    topics: nullable(array({ topicId: ignorable(since(10, uuid)), name: nullable(string, 10) }), 1),
    allowAutoTopicCreation: since(4, bool, true),
    includeClusterAuthorizedOperations: between(8, 10, bool),
    includeTopicAuthorizedOperations: since(8, bool),
  },
  response: {
    throttleTimeMs: ignorable(since(3, int32)),
    brokers: array({ nodeId: int32, host: string, port: int32, rack: ignorable(since(1, nullable(string))) }),
    clusterId: ignorable(since(2, nullable(string))),
    controllerId: ignorable(since(1, int32, -1)),
    topics: array({
      errorCode: int16,
      name: nullable(string, 12),
      topicId: ignorable(since(10, uuid)),
      isInternal: ignorable(since(1, bool)),
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: ignorable(since(7, int32, -1)),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        offlineReplicas: ignorable(since(5, array(int32))),
      }),
      topicAuthorizedOperations: since(8, int32, -2147483648),
    }),
    clusterAuthorizedOperations: between(8, 10, int32, -2147483648),
  },
})

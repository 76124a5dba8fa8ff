/**
 * Reads record sets from partitions; waits until there are `minBytes` or `maxWaitMs` have passed.
 *
 * Version notes: 4 isolation level and aborted transactions · 5 log start offset · 7 sessions (KIP-227) · 9 leader epoch
 * (KIP-320) · 10 zstd · 11 rack, preferred replica (KIP-392) · 12 flexible, diverging epoch · 13 topics by id (KIP-516)
 * · 15 replica state replaces replica id (KIP-903) · 16 leader hints (KIP-951) · 17 directory id (KIP-853).
 * An empty record set is sent as length 0: librdkafka refuses null.
 */
import {
  api,
  array,
  between,
  ignorable,
  int8,
  int16,
  int32,
  int64,
  nullable,
  records,
  since,
  string,
  tagged,
  until,
  uuid,
} from '../schema.ts'

export const Fetch = api(1, 'Fetch', {
  versions: [4, 17],
  flexible: 12,
  request: {
    clusterId: ignorable(tagged(0, 12, nullable(string))),
    replicaId: until(14, int32, -1),
    replicaState: tagged(1, 15, { replicaId: int32, replicaEpoch: int64 }, { replicaId: -1, replicaEpoch: -1 }),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32,
    isolationLevel: int8,
    sessionId: ignorable(since(7, int32)),
    sessionEpoch: ignorable(since(7, int32, -1)),
    topics: array({
      topic: ignorable(until(12, string)),
      topicId: ignorable(since(13, uuid)),
      partitions: array({
        partition: int32,
        currentLeaderEpoch: ignorable(since(9, int32, -1)),
        fetchOffset: int64,
        lastFetchedEpoch: since(12, int32, -1),
        logStartOffset: ignorable(since(5, int64, -1)),
        partitionMaxBytes: int32,
        replicaDirectoryId: ignorable(tagged(0, 17, uuid)),
      }),
    }),
    forgottenTopicsData: since(
      7,
      array({
        topic: ignorable(between(7, 12, string)),
        topicId: ignorable(since(13, uuid)),
        partitions: array(int32),
      }),
    ),
    rackId: ignorable(since(11, string)),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: ignorable(since(7, int16)),
    sessionId: since(7, int32),
    responses: array({
      topic: ignorable(until(12, string)),
      topicId: ignorable(since(13, uuid)),
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        highWatermark: int64,
        lastStableOffset: int64,
        logStartOffset: ignorable(since(5, int64, -1)),
        divergingEpoch: tagged(0, 12, { epoch: int32, endOffset: int64 }, { epoch: -1, endOffset: -1 }),
        currentLeader: tagged(1, 12, { leaderId: int32, leaderEpoch: int32 }, { leaderId: -1, leaderEpoch: -1 }),
        snapshotId: tagged(2, 12, { endOffset: int64, epoch: int32 }, { endOffset: -1, epoch: -1 }),
        abortedTransactions: nullable(array({ producerId: int64, firstOffset: int64 })),
        preferredReadReplica: since(11, int32, -1),
        records,
      }),
    }),
    nodeEndpoints: tagged(0, 16, array({ nodeId: int32, host: string, port: int32, rack: nullable(string) })),
  },
})

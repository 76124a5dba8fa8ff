/**
 * Where a leader epoch ended in the log, to find where two logs part.
 *
 * Version notes: 2 current leader epoch · 3 replica id · 4 flexible.
 */
import { api, array, ignorable, int16, int32, int64, since, string } from '../schema.ts'

export const OffsetForLeaderEpoch = api(23, 'OffsetForLeaderEpoch', {
  versions: [2, 4],
  flexible: 4,
  request: {
    replicaId: ignorable(since(3, int32, -2)),
    topics: array({
      topic: string,
      partitions: array({ partition: int32, currentLeaderEpoch: int32, leaderEpoch: int32 }),
    }),
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      topic: string,
      partitions: array({ errorCode: int16, partition: int32, leaderEpoch: int32, endOffset: int64 }),
    }),
  },
})

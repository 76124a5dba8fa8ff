/**
 * Finds offsets by time. Special timestamps: -1 end, -2 start, -3 the record with the highest time, -4 local start,
 * -5 end of what is tiered.
 *
 * Version notes: 1 one offset a partition · 2 isolation level · 4 leader epoch · 6 flexible · 7 timestamp -3 (KIP-734)
 * · 8 timestamp -4 (KIP-405) · 9 timestamp -5 (KIP-1005).
 */
import { api, array, ignorable, int8, int16, int32, int64, since, string } from '../schema.ts'

export const ListOffsets = api(2, 'ListOffsets', {
  versions: [1, 9],
  flexible: 6,
  request: {
    replicaId: int32,
    isolationLevel: since(2, int8),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        currentLeaderEpoch: ignorable(since(4, int32, -1)),
        timestamp: int64,
      }),
    }),
  },
  response: {
    throttleTimeMs: ignorable(since(2, int32)),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        timestamp: int64,
        offset: int64,
        leaderEpoch: since(4, int32, -1),
      }),
    }),
  },
})

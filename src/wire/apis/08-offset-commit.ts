/**
 * Stores a group's positions.
 *
 * Version notes: 2 to 4 retention time · 6 leader epoch · 7 static members (KIP-345) · 8 flexible · 9 member epochs of
 * the new group protocol (KIP-848).
 */
import { api, array, ignorable, int16, int32, int64, nullable, since, string, until } from '../schema.ts'

export const OffsetCommit = api(8, 'OffsetCommit', {
  versions: [2, 9],
  flexible: 8,
  request: {
    groupId: string,
    generationIdOrMemberEpoch: int32,
    memberId: string,
    groupInstanceId: since(7, nullable(string)),
    retentionTimeMs: ignorable(until(4, int64, -1)),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: ignorable(since(6, int32, -1)),
        committedMetadata: nullable(string),
      }),
    }),
  },
  response: {
    throttleTimeMs: ignorable(since(3, int32)),
    topics: array({ name: string, partitions: array({ partitionIndex: int32, errorCode: int16 }) }),
  },
})

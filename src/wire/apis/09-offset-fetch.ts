/**
 * Reads a group's positions.
 *
 * Version notes: 2 null topics ask for all, error of the whole answer · 5 leader epoch · 6 flexible · 7 requireStable
 * (KIP-447) · 8 several groups at once · 9 member epoch (KIP-848).
 */
import { api, array, between, bool, ignorable, int16, int32, int64, nullable, since, string, until } from '../schema.ts'

export const OffsetFetch = api(9, 'OffsetFetch', {
  versions: [1, 9],
  flexible: 6,
  request: {
    groupId: until(7, string),
    topics: until(7, nullable(array({ name: string, partitionIndexes: array(int32) }), 2), []),
    groups: since(
      8,
      array({
        groupId: string,
        memberId: ignorable(since(9, nullable(string))),
        memberEpoch: ignorable(since(9, int32, -1)),
        topics: nullable(array({ name: string, partitionIndexes: array(int32) })),
      }),
    ),
    requireStable: since(7, bool),
  },
  response: {
    throttleTimeMs: ignorable(since(3, int32)),
    topics: until(
      7,
      array({
        name: string,
        partitions: array({
          partitionIndex: int32,
          committedOffset: int64,
          committedLeaderEpoch: ignorable(between(5, 7, int32, -1)),
          metadata: nullable(string),
          errorCode: int16,
        }),
      }),
    ),
    errorCode: ignorable(between(2, 7, int16)),
    groups: since(
      8,
      array({
        groupId: string,
        topics: array({
          name: string,
          partitions: array({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: int32,
            metadata: nullable(string),
            errorCode: int16,
          }),
        }),
        errorCode: int16,
      }),
    ),
  },
})

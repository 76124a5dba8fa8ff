/** Deletes positions of a group, for topics it does not read any more (KIP-496). */
import { api, array, int16, int32, string } from '../schema.ts'

export const OffsetDelete = api(47, 'OffsetDelete', {
  versions: [0, 0],
  flexible: 'none',
  request: {
    groupId: string,
    topics: array({ name: string, partitions: array({ partitionIndex: int32 }) }),
  },
  response: {
    errorCode: int16,
    throttleTimeMs: int32,
    topics: array({ name: string, partitions: array({ partitionIndex: int32, errorCode: int16 }) }),
  },
})

/**
 * Moves the start of partitions up; what lies below is gone. Offset -1 stands for the high watermark.
 *
 * Version notes: 2 flexible.
 */
import { api, array, int16, int32, int64, string } from '../schema.ts'

export const DeleteRecords = api(21, 'DeleteRecords', {
  versions: [0, 2],
  flexible: 2,
  request: {
    topics: array({ name: string, partitions: array({ partitionIndex: int32, offset: int64 }) }),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      partitions: array({ partitionIndex: int32, lowWatermark: int64, errorCode: int16 }),
    }),
  },
})

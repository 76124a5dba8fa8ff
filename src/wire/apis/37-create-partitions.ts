/**
 * Adds partitions to topics.
 *
 * Version notes: 2 flexible · 3 THROTTLING_QUOTA_EXCEEDED.
 */
import { api, array, bool, int16, int32, nullable, string } from '../schema.ts'

export const CreatePartitions = api(37, 'CreatePartitions', {
  versions: [0, 3],
  flexible: 2,
  request: {
    topics: array({ name: string, count: int32, assignments: nullable(array({ brokerIds: array(int32) })) }),
    timeoutMs: int32,
    validateOnly: bool,
  },
  response: {
    throttleTimeMs: int32,
    results: array({ name: string, errorCode: int16, errorMessage: nullable(string) }),
  },
})

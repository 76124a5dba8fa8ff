/**
 * Changes single settings of topics (resource type 2) and brokers (4) and leaves the rest as it is (KIP-339). Operations:
 * 0 set, 1 delete, 2 append to a list, 3 subtract from a list.
 *
 * Version notes: 1 flexible.
 */
import { api, array, bool, int8, int16, int32, nullable, string } from '../schema.ts'

export const IncrementalAlterConfigs = api(44, 'IncrementalAlterConfigs', {
  versions: [0, 1],
  flexible: 1,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({ name: string, configOperation: int8, value: nullable(string) }),
    }),
    validateOnly: bool,
  },
  response: {
    throttleTimeMs: int32,
    responses: array({
      errorCode: int16,
      errorMessage: nullable(string),
      resourceType: int8,
      resourceName: string,
    }),
  },
})

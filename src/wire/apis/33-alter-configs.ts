/**
 * Replaces all settings of topics (resource type 2): what is not named goes back to its default. IncrementalAlterConfigs
 * has taken its place; older admin clients still send it.
 *
 * Version notes: 2 flexible.
 */
import { api, array, bool, int8, int16, int32, nullable, string } from '../schema.ts'

export const AlterConfigs = api(33, 'AlterConfigs', {
  versions: [0, 2],
  flexible: 2,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({ name: string, value: nullable(string) }),
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

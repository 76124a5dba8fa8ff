/**
 * Deletes empty groups.
 *
 * Version notes: 2 flexible.
 */
import { api, array, int16, int32, string } from '../schema.ts'

export const DeleteGroups = api(42, 'DeleteGroups', {
  versions: [0, 2],
  flexible: 2,
  request: { groupsNames: array(string) },
  response: { throttleTimeMs: int32, results: array({ groupId: string, errorCode: int16 }) },
})

/**
 * Members give up their place.
 *
 * Version notes: 3 several members at once, by instance id (KIP-345) · 4 flexible · 5 reason (KIP-800).
 */
import { api, array, ignorable, int16, int32, nullable, since, string, until } from '../schema.ts'

export const LeaveGroup = api(13, 'LeaveGroup', {
  versions: [0, 5],
  flexible: 4,
  request: {
    groupId: string,
    memberId: until(2, string),
    members: since(
      3,
      array({ memberId: string, groupInstanceId: nullable(string), reason: ignorable(since(5, nullable(string))) }),
    ),
  },
  response: {
    throttleTimeMs: ignorable(since(1, int32)),
    errorCode: int16,
    members: since(3, array({ memberId: string, groupInstanceId: nullable(string), errorCode: int16 })),
  },
})

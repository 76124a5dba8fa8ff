/**
 * State and members of groups.
 *
 * Version notes: 3 authorised operations · 4 static members · 5 flexible · 6 error message, GROUP_ID_NOT_FOUND (KIP-1043).
 */
import { api, array, bool, bytes, ignorable, int16, int32, nullable, since, string } from '../schema.ts'

export const DescribeGroups = api(15, 'DescribeGroups', {
  versions: [0, 6],
  flexible: 5,
  request: { groups: array(string), includeAuthorizedOperations: since(3, bool) },
  response: {
    throttleTimeMs: ignorable(since(1, int32)),
    groups: array({
      errorCode: int16,
      errorMessage: since(6, nullable(string)),
      groupId: string,
      groupState: string,
      protocolType: string,
      protocolData: string,
      members: array({
        memberId: string,
        groupInstanceId: ignorable(since(4, nullable(string))),
        clientId: string,
        clientHost: string,
        memberMetadata: bytes,
        memberAssignment: bytes,
      }),
      authorizedOperations: since(3, int32, -2147483648),
    }),
  },
})

/**
 * A member asks to take part in the next generation of its group.
 *
 * Version notes: 1 rebalance timeout · 4 MEMBER_ID_REQUIRED · 5 static members (KIP-345) · 6 flexible · 7 protocol type
 * · 8 reason (KIP-800) · 9 skipAssignment (KIP-814).
 */
import { api, array, bool, bytes, ignorable, int16, int32, nullable, since, string } from '../schema.ts'

export const JoinGroup = api(11, 'JoinGroup', {
  versions: [0, 9],
  flexible: 6,
  request: {
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: ignorable(since(1, int32, -1)),
    memberId: string,
    groupInstanceId: since(5, nullable(string)),
    protocolType: string,
    protocols: array({ name: string, metadata: bytes }),
    reason: ignorable(since(8, nullable(string))),
  },
  response: {
    throttleTimeMs: ignorable(since(2, int32)),
    errorCode: int16,
    generationId: int32,
    protocolType: ignorable(since(7, nullable(string))),
    protocolName: nullable(string, 7),
    leader: string,
    skipAssignment: since(9, bool),
    memberId: string,
    members: array({ memberId: string, groupInstanceId: ignorable(since(5, nullable(string))), metadata: bytes }),
  },
})

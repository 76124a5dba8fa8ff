/**
 * The leader hands in everybody's assignment, each member receives its own.
 *
 * Version notes: 3 static members (KIP-345) · 4 flexible · 5 protocol type and name, to be checked by the broker.
 */
import { api, array, bytes, ignorable, int16, int32, nullable, since, string } from '../schema.ts'

export const SyncGroup = api(14, 'SyncGroup', {
  versions: [0, 5],
  flexible: 4,
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullable(string)),
    protocolType: ignorable(since(5, nullable(string))),
    protocolName: ignorable(since(5, nullable(string))),
    assignments: array({ memberId: string, assignment: bytes }),
  },
  response: {
    throttleTimeMs: ignorable(since(1, int32)),
    errorCode: int16,
    protocolType: ignorable(since(5, nullable(string))),
    protocolName: ignorable(since(5, nullable(string))),
    assignment: bytes,
  },
})

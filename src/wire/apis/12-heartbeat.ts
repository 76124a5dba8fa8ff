/**
 * A member says that it lives; the answer says whether a rebalance has begun.
 *
 * Version notes: 3 static members (KIP-345) · 4 flexible.
 */
import { api, ignorable, int16, int32, nullable, since, string } from '../schema.ts'

export const Heartbeat = api(12, 'Heartbeat', {
  versions: [0, 4],
  flexible: 4,
  request: { groupId: string, generationId: int32, memberId: string, groupInstanceId: since(3, nullable(string)) },
  response: { throttleTimeMs: ignorable(since(1, int32)), errorCode: int16 },
})

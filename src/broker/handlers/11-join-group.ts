/**
 * JoinGroup.
 * Behaviour: answers when all members have joined or the rebalance timeout is over.
 * Version notes: 1 rebalance timeout · 4 a new member is first given its id (KIP-394) · 5 static members · 9 a leader
 * that returns is told not to assign (KIP-814).
 */
import { JoinGroup } from '../../wire/apis/index.ts'
import { refusedJoin } from '../groups/answers.ts'
import { type AnyHandler, handler } from '../handler.ts'

const knownIdFrom = 4
const skipFrom = 9
const nullProtocolFrom = 7

export const joinGroup: AnyHandler = handler({
  api: JoinGroup,
  async execute(request, broker, { clientId, host, version }) {
    const joined = await broker.groups.join({
      groupId: request.groupId,
      memberId: request.memberId,
      instanceId: request.groupInstanceId,
      clientId,
      clientHost: `/${host}`,
      sessionTimeout: request.sessionTimeoutMs,
      rebalanceTimeout: version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
      protocolType: request.protocolType,
      protocols: request.protocols,
      needsKnownId: version >= knownIdFrom,
      canSkipAssignment: version >= skipFrom,
    })
    const protocolName = joined.protocolName ?? (version >= nullProtocolFrom ? null : '')
    return { throttleTimeMs: 0, ...joined, protocolName }
  },
  refuse: ({ memberId }, code) => ({ throttleTimeMs: 0, ...refusedJoin(code, memberId), protocolName: '' }),
})

/**
 * JoinGroup.
 * Behaviour: answers when all members have joined or the rebalance timeout is over.
 * Version notes: 1 rebalance timeout · 4 a new member is first given its id (KIP-394) · 5 static members · 9 a leader
 * that returns is told not to assign (KIP-814).
 */
import { JoinGroup } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { namedGroupProblem } from '../coordinator-problem.ts'
import { refusedJoin } from '../groups/answers.ts'
import type { Joined } from '../groups/member.ts'
import { type AnyHandler, type Caller, handler } from '../handler.ts'

const knownIdFrom = 4
const skipFrom = 9
const nullProtocolFrom = 7

type JoinRequest = Request<typeof JoinGroup>
type JoinResponse = ResponseInput<typeof JoinGroup>

export const joinGroup: AnyHandler = handler({
  api: JoinGroup,
  execute(request, broker, caller) {
    const problem = namedGroupProblem(broker, caller, request.groupId)
    const code = problem || otherProtocolProblem(request, broker)
    if (code !== errorCode.NONE) return answer(refusedJoin(code, request.memberId), caller.version)
    return join(request, broker, caller)
  },
  refuse: ({ memberId }, code) => answer(refusedJoin(code, memberId), 0),
})

/** A group of the newer protocol (KIP-848) becomes one of this when it is empty. */
function otherProtocolProblem({ groupId }: JoinRequest, { consumerGroups }: Broker): number {
  if ((consumerGroups.get(groupId)?.members.size ?? 0) > 0) return errorCode.INCONSISTENT_GROUP_PROTOCOL
  consumerGroups.forget(groupId)
  return errorCode.NONE
}

async function join(request: JoinRequest, broker: Broker, caller: Caller): Promise<JoinResponse> {
  const { clientId, host, version } = caller
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
  return answer(joined, version)
}

function answer(joined: Joined, version: number): JoinResponse {
  const protocolName = joined.protocolName ?? (version >= nullProtocolFrom ? null : '')
  return { throttleTimeMs: 0, ...joined, protocolName }
}

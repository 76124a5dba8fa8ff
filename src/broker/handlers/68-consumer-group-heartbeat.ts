/**
 * ConsumerGroupHeartbeat (KIP-848).
 * Behaviour: joins, keeps alive, acknowledges and leaves; answered at once. A group of the classic protocol becomes one
 * of this when it is empty; while it has members it is not there.
 * Version notes: 1 regular expressions; members make their own ids.
 */
import { ConsumerGroupHeartbeat } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { sharesOf } from '../consumer-groups/places.ts'
import { groupCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, type Caller, handler } from '../handler.ts'

export const consumerGroupHeartbeat: AnyHandler = handler({
  api: ConsumerGroupHeartbeat,
  execute(request, broker, caller) {
    const problem = groupProblem(request.groupId, broker, caller)
    if (problem !== errorCode.NONE) return refused(problem)
    const { clientId, host, version } = caller
    const beaten = broker.consumerGroups.heartbeat(request, version, { clientId, clientHost: `/${host}` })
    const { assignment } = beaten
    return {
      ...refused(beaten.errorCode),
      memberId: beaten.memberId,
      memberEpoch: beaten.memberEpoch,
      heartbeatIntervalMs: beaten.errorCode === errorCode.NONE ? broker.settings.consumerHeartbeatInterval : 0,
      assignment: assignment === null ? null : { topicPartitions: sharesOf(assignment) },
    }
  },
  refuse: (_, code) => refused(code),
})

function groupProblem(groupId: string, broker: Broker, caller: Caller): number {
  if (broker.settings.groupVersion === 0) return errorCode.UNSUPPORTED_VERSION
  if (groupId === '') return errorCode.INVALID_REQUEST
  const problem = groupCoordinatorProblem(broker, caller, groupId)
  if (problem !== errorCode.NONE) return problem
  const classic = broker.groups.get(groupId)
  return classic === undefined || classic.members.size === 0 ? errorCode.NONE : errorCode.GROUP_ID_NOT_FOUND
}

function refused(code: number): ResponseInput<typeof ConsumerGroupHeartbeat> {
  return {
    throttleTimeMs: 0,
    errorCode: code,
    errorMessage: null,
    memberId: null,
    memberEpoch: 0,
    heartbeatIntervalMs: 0,
    assignment: null,
  }
}

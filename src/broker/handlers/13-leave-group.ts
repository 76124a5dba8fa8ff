/**
 * LeaveGroup.
 * Behaviour: the others join again. A static member can be removed by its name alone.
 * Version notes: 3 several members at once, each with its own error · 5 reasons, which are ignored.
 */
import { LeaveGroup } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { namedGroupProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'

const severalFrom = 3

export const leaveGroup: AnyHandler = handler({
  api: LeaveGroup,
  execute(request, broker, caller) {
    const { groupId, memberId } = request
    const problem = namedGroupProblem(broker, caller, groupId)
    if (problem !== errorCode.NONE) return { throttleTimeMs: 0, errorCode: problem }
    if (caller.version < severalFrom)
      return { throttleTimeMs: 0, errorCode: broker.groups.leave(groupId, memberId, null) }
    const members = request.members.map(({ memberId: id, groupInstanceId }) => ({
      memberId: id,
      groupInstanceId,
      errorCode: broker.groups.leave(groupId, id, groupInstanceId),
    }))
    return { throttleTimeMs: 0, errorCode: errorCode.NONE, members }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, errorCode: code }),
})

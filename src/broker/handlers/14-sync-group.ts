/**
 * SyncGroup.
 * Behaviour: answers when the leader has said who reads what; at once in a stable group. A member that has not asked
 * within the rebalance timeout is removed, even if it sends heartbeats.
 * Version notes: 3 static members · 5 protocol type and name are checked.
 */
import { SyncGroup } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { namedGroupProblem } from '../coordinator-problem.ts'
import { refusedSync } from '../groups/answers.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const syncGroup: AnyHandler = handler({
  api: SyncGroup,
  async execute(request, broker, caller) {
    const { groupId, groupInstanceId: instanceId } = request
    const problem = namedGroupProblem(broker, caller, groupId)
    if (problem !== errorCode.NONE) return { throttleTimeMs: 0, ...refusedSync(problem) }
    return { throttleTimeMs: 0, ...(await broker.groups.sync({ ...request, instanceId })) }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, ...refusedSync(code) }),
})

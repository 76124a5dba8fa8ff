/**
 * SyncGroup.
 * Behaviour: answers when the leader has said who reads what; at once in a stable group.
 * Version notes: 3 static members · 5 protocol type and name are checked.
 * Simplified: a member that joins and never syncs is removed when its session ends, not after the rebalance timeout.
 */
import { SyncGroup } from '../../wire/apis/index.ts'
import { refusedSync } from '../groups/answers.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const syncGroup: AnyHandler = handler({
  api: SyncGroup,
  async execute(request, broker) {
    const { groupInstanceId: instanceId } = request
    return { throttleTimeMs: 0, ...(await broker.groups.sync({ ...request, instanceId })) }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, ...refusedSync(code) }),
})

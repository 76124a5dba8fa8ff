/**
 * OffsetCommit.
 * Behaviour: positions of a member in its generation, or of anybody while the group has no members.
 * Version notes: 2-4 retention of the client's choosing, ignored · 6 leader epochs · 7 static members.
 */
import { OffsetCommit } from '../../wire/apis/index.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { commitPositions, refusePositions } from '../positions.ts'

export const offsetCommit: AnyHandler = handler({
  api: OffsetCommit,
  execute(request, broker) {
    const { groupId, memberId, groupInstanceId: instanceId, generationIdOrMemberEpoch: generationId } = request
    const code = broker.groups.commitProblem({ groupId, memberId, instanceId, generationId }, false)
    const topics = commitPositions(request.topics, code, broker, (partition, position) => {
      broker.groups.obtain(groupId).offsets.commit(partition, position)
    })
    return { throttleTimeMs: 0, topics }
  },
  refuse: (request, code) => ({ throttleTimeMs: 0, topics: refusePositions(request.topics, code) }),
})

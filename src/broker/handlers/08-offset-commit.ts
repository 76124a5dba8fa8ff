/**
 * OffsetCommit.
 * Behaviour: positions of a member in its generation, or of anybody while the group has no members.
 * Version notes: 2-4 retention of the client's choosing · 6 leader epochs · 7 static members · 9 members of the newer
 * protocol, with the epoch in the generation's place (KIP-848).
 */
import { OffsetCommit } from '../../wire/apis/index.ts'
import { commitProblem } from '../commit-problem.ts'
import { groupCoordinatorProblem } from '../coordinator-problem.ts'
import type { Commit } from '../groups/log.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { commitPositions, refusePositions } from '../positions.ts'

export const offsetCommit: AnyHandler = handler({
  api: OffsetCommit,
  execute(request, broker, caller) {
    const { groupId, memberId, groupInstanceId: instanceId, generationIdOrMemberEpoch: generationId } = request
    const problem = (): number =>
      groupCoordinatorProblem(broker, caller, groupId) ||
      commitProblem(broker, { groupId, memberId, instanceId, generationId }, caller.version)
    const topics = commitPositions(request.topics, broker, problem, (commits) =>
      broker.groups.positions.commit(groupId, commits.map(ending(request.retentionTimeMs, broker.now()))),
    )
    return { throttleTimeMs: 0, topics }
  },
  refuse: (request, code) => ({ throttleTimeMs: 0, topics: refusePositions(request.topics, code) }),
})

/** Gives a position the end that an old client has chosen; -1 leaves that to its group. */
function ending(retentionMilliseconds: number, now: number): (commit: Commit) => Commit {
  if (retentionMilliseconds < 0) return (commit) => commit
  const expireTime = Math.min(now + retentionMilliseconds, Number.MAX_SAFE_INTEGER)
  return ({ partition, position }) => ({ partition, position: { ...position, expireTime } })
}

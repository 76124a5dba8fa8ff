/**
 * DeleteGroups.
 * Behaviour: only groups without members, with their positions.
 */
import { DeleteGroups } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Broker } from '../broker.ts'
import { groupCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const deleteGroups: AnyHandler = handler({
  api: DeleteGroups,
  execute: ({ groupsNames }, broker, caller) => ({
    throttleTimeMs: 0,
    results: groupsNames.map((groupId) => ({
      groupId,
      errorCode: groupCoordinatorProblem(broker, caller, groupId) || remove(groupId, broker),
    })),
  }),
  refuse: ({ groupsNames }, code) => ({
    throttleTimeMs: 0,
    results: groupsNames.map((groupId) => ({ groupId, errorCode: code })),
  }),
})

/** A group of either protocol. The positions of one of the newer are kept under its name like those of any other. */
function remove(groupId: string, { groups, consumerGroups }: Broker): number {
  const newer = consumerGroups.get(groupId)
  if (newer === undefined) return groups.delete(groupId)
  if (newer.members.size > 0) return errorCode.NON_EMPTY_GROUP
  consumerGroups.forget(groupId)
  if (groups.get(groupId) !== undefined) groups.delete(groupId)
  return errorCode.NONE
}

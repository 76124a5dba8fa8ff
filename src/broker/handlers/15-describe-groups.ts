/**
 * DescribeGroups.
 * Behaviour: state and members; subscriptions and assignments as the members gave them. Groups of the newer protocol are
 * not there.
 * Version notes: 4 static members · 6 a group that is not there is an error; before, it is a dead group.
 */
import { DescribeGroups } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ResponseInput } from '../../wire/schema.ts'
import { groupCoordinatorProblem } from '../coordinator-problem.ts'
import type { Group } from '../groups/group.ts'
import { type AnyHandler, handler } from '../handler.ts'

const missingFrom = 6
/** Read, delete, describe, describe and alter configurations: as there are no rights, whoever asks has all. */
const allOperations = 3400

type Described = ResponseInput<typeof DescribeGroups>['groups'][number]

export const describeGroups: AnyHandler = handler({
  api: DescribeGroups,
  execute({ groups, includeAuthorizedOperations }, broker, caller) {
    const described = groups.map((groupId) => {
      const problem = groupCoordinatorProblem(broker, caller, groupId)
      if (problem !== errorCode.NONE) return withoutMembers(groupId, problem, '')
      const isClassic = broker.consumerGroups.get(groupId) === undefined
      const group = isClassic ? broker.groups.get(groupId) : undefined
      return group === undefined ? absent(groupId, caller.version) : describe(group)
    })
    if (!includeAuthorizedOperations) return { throttleTimeMs: 0, groups: described }
    return { throttleTimeMs: 0, groups: described.map(withOperations) }
  },
  refuse: ({ groups }, code) => ({
    throttleTimeMs: 0,
    groups: groups.map((groupId) => withoutMembers(groupId, code, '')),
  }),
})

function withOperations(described: Described): Described {
  return described.errorCode === errorCode.NONE ? { ...described, authorizedOperations: allOperations } : described
}

function absent(groupId: string, version: number): Described {
  if (version < missingFrom) return withoutMembers(groupId, errorCode.NONE, 'Dead')
  const errorMessage = `Group ${groupId} not found.`
  return { ...withoutMembers(groupId, errorCode.GROUP_ID_NOT_FOUND, 'Dead'), errorMessage }
}

function describe(group: Group): Described {
  return {
    ...withoutMembers(group.id, errorCode.NONE, group.state),
    protocolType: group.protocolType ?? '',
    protocolData: group.state === 'Stable' ? (group.protocolName ?? '') : '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: group.state === 'Stable' ? member.metadataOf(group.protocolName) : Buffer.alloc(0),
      memberAssignment: member.assignment,
    })),
  }
}

function withoutMembers(groupId: string, code: number, groupState: string): Described {
  return { errorCode: code, groupId, groupState, protocolType: '', protocolData: '', members: [] }
}

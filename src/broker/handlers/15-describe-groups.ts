/**
 * DescribeGroups.
 * Behaviour: state and members; subscriptions and assignments as the members gave them.
 * Version notes: 4 static members · 6 a group that is not there is an error; before, it is a dead group.
 */
import { DescribeGroups } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ResponseInput } from '../../wire/schema.ts'
import type { Group } from '../groups/group.ts'
import { type AnyHandler, handler } from '../handler.ts'

const missingFrom = 6

type Described = ResponseInput<typeof DescribeGroups>['groups'][number]

export const describeGroups: AnyHandler = handler({
  api: DescribeGroups,
  execute({ groups }, broker, { version }) {
    const described = groups.map((groupId) => {
      const group = broker.groups.get(groupId)
      if (group !== undefined) return describe(group)
      return withoutMembers(groupId, version >= missingFrom ? errorCode.GROUP_ID_NOT_FOUND : errorCode.NONE, 'Dead')
    })
    return { throttleTimeMs: 0, groups: described }
  },
  refuse: ({ groups }, code) => ({
    throttleTimeMs: 0,
    groups: groups.map((groupId) => withoutMembers(groupId, code, '')),
  }),
})

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
      memberAssignment: group.state === 'Stable' ? member.assignment : Buffer.alloc(0),
    })),
  }
}

function withoutMembers(groupId: string, code: number, groupState: string): Described {
  return { errorCode: code, groupId, groupState, protocolType: '', protocolData: '', members: [] }
}

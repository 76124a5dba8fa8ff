/**
 * ConsumerGroupDescribe (KIP-848).
 * Behaviour: groups of the newer protocol only; any other is not there.
 * Version notes: 1 which protocol a member speaks; all speak this one.
 */
import { ConsumerGroupDescribe } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import type { ConsumerGroup } from '../consumer-groups/group.ts'
import type { ConsumerMember } from '../consumer-groups/member.ts'
import { type Places, sharesOf } from '../consumer-groups/places.ts'
import { groupCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'

type Described = ResponseInput<typeof ConsumerGroupDescribe>['groups'][number]
type DescribedMember = Described['members'][number]

const newerProtocol = 1
/** Kafka's word for rights nobody asked for. */
const rightsNotAsked = -2_147_483_648

export const consumerGroupDescribe: AnyHandler = handler({
  api: ConsumerGroupDescribe,
  execute({ groupIds }, broker, caller) {
    const groups = groupIds.map((groupId) => {
      if (broker.settings.groupVersion === 0) return refused(groupId, errorCode.UNSUPPORTED_VERSION)
      const problem = groupCoordinatorProblem(broker, caller, groupId)
      if (problem !== errorCode.NONE) return refused(groupId, problem)
      const group = broker.consumerGroups.get(groupId)
      return group === undefined ? refused(groupId, errorCode.GROUP_ID_NOT_FOUND) : describe(group, broker)
    })
    return { throttleTimeMs: 0, groups }
  },
  refuse: ({ groupIds }, code) => ({ throttleTimeMs: 0, groups: groupIds.map((groupId) => refused(groupId, code)) }),
})

function describe(group: ConsumerGroup, broker: Broker): Described {
  return {
    ...refused(group.id, errorCode.NONE),
    groupState: group.state,
    groupEpoch: group.epoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: group.assignor,
    members: [...group.members.values()].map((member) => describeMember(group, member, broker)),
  }
}

function describeMember(group: ConsumerGroup, member: ConsumerMember, broker: Broker): DescribedMember {
  return {
    memberId: member.id,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.epoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.topicNames,
    subscribedTopicRegex: member.topicRegex,
    assignment: describePlaces(member.assigned, broker),
    targetAssignment: describePlaces(group.targetOf(member.id), broker),
    memberType: newerProtocol,
  }
}

/** A topic that was deleted meanwhile is left out. */
function describePlaces(places: Places, { topics }: Broker): DescribedMember['assignment'] {
  const topicPartitions = sharesOf(places).flatMap(({ topicId, partitions }) => {
    const topic = topics.byId(topicId)
    return topic === undefined ? [] : [{ topicId, topicName: topic.name, partitions }]
  })
  return { topicPartitions }
}

function refused(groupId: string, code: number): Described {
  return {
    errorCode: code,
    errorMessage: null,
    groupId,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
    authorizedOperations: rightsNotAsked,
  }
}

/** Groups from outside: who is there, who is in them, moving positions while nobody is. */
import { partitionName } from '../../../record.ts'
import { OffsetCommit } from '../../../wire/apis/08-offset-commit.ts'
import { DescribeGroups } from '../../../wire/apis/15-describe-groups.ts'
import { ListGroups } from '../../../wire/apis/16-list-groups.ts'
import { DeleteGroups } from '../../../wire/apis/42-delete-groups.ts'
import { errorCode } from '../../../wire/errors.ts'
import type { Response } from '../../../wire/schema.ts'
import { WireError } from '../../../wire/wire-error.ts'
import { refusal } from '../../faults.ts'
import type { DescribedMember, GroupDescription, GroupListing, PartitionOffset } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { Coordinator } from '../cluster/coordinators.ts'
import { decodeShare, protocolType } from '../group/group-protocol.ts'
import { offsetTopics } from '../group/offset-topics.ts'

type DescribedGroup = Response<typeof DescribeGroups>['groups'][number]

const nothing = Buffer.alloc(0)
const noMember = { generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null } as const
const unknownGroup: ReadonlySet<number> = new Set([errorCode.GROUP_ID_NOT_FOUND])
/** How a coordinator tells who is no member that the group has some. */
const occupied: ReadonlySet<number> = new Set([
  errorCode.NON_EMPTY_GROUP,
  errorCode.UNKNOWN_MEMBER_ID,
  errorCode.ILLEGAL_GENERATION,
  errorCode.REBALANCE_IN_PROGRESS,
])

export async function listGroups(cluster: Cluster): Promise<GroupListing[]> {
  const listed = await cluster.askEach(
    ListGroups,
    () => ({}),
    ({ errorCode: code, groups }, node) => {
      if (code !== 0) throw refusal(code, 'ListGroups', `node ${node}`)
      return groups.map((group) => ({ id: group.groupId, protocolType: group.protocolType, state: group.groupState }))
    },
  )
  return listed.sort((left, right) => (left.id < right.id ? -1 : 1))
}

export async function describeGroups(
  cluster: Cluster,
  ids: readonly string[],
): Promise<Map<string, GroupDescription | null>> {
  const described = ids.map(async (id) => [id, await describeGroup(cluster, id)] as const)
  return new Map(await Promise.all(described))
}

async function describeGroup(cluster: Cluster, id: string): Promise<GroupDescription | null> {
  const coordinator = new Coordinator(cluster, 'group', id)
  return cluster.repeat(async () => {
    const answer = await coordinator.ask(DescribeGroups, () => ({ groups: [id] }), { purpose: 'control' })
    const group = answer.groups[0]
    if (group === undefined || unknownGroup.has(group.errorCode)) return null
    check(coordinator, group.errorCode, 'DescribeGroups', id)
    // Before version 6 an unknown group was described as a dead one.
    return group.groupState === 'Dead' ? null : descriptionOf(group)
  })
}

function descriptionOf(group: DescribedGroup): GroupDescription {
  const { groupId, groupState, protocolType: type, protocolData, members } = group
  return {
    id: groupId,
    protocolType: type,
    state: groupState,
    protocol: protocolData,
    members: members.map((member) => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      ...shareOf(type === protocolType ? member.memberAssignment : nothing),
    })),
  }
}

/** Members may write what they like; bytes that are no assignment hold no partitions. */
function shareOf(assignment: Buffer): Pick<DescribedMember, 'partitions' | 'userData'> {
  try {
    const { partitions, userData } = decodeShare(-1, assignment)
    return { partitions, userData }
  } catch (error) {
    if (error instanceof WireError) return { partitions: [], userData: nothing }
    throw error
  }
}

export async function deleteGroups(cluster: Cluster, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => deleteGroup(cluster, id)))
}

async function deleteGroup(cluster: Cluster, id: string): Promise<void> {
  const coordinator = new Coordinator(cluster, 'group', id)
  await cluster.repeat(async () => {
    const answer = await coordinator.ask(DeleteGroups, () => ({ groupsNames: [id] }), { purpose: 'control' })
    const code = answer.results[0]?.errorCode ?? 0
    if (!unknownGroup.has(code)) check(coordinator, code, 'DeleteGroups', id)
  })
}

/** A commit by nobody: coordinators take it for a group without members only. */
export async function setPositions(cluster: Cluster, id: string, positions: readonly PartitionOffset[]): Promise<void> {
  if (positions.length === 0) return
  const coordinator = new Coordinator(cluster, 'group', id)
  const topics = offsetTopics(positions)
  await cluster.repeat(async () => {
    const body = () => ({ groupId: id, ...noMember, topics })
    const answer = await coordinator.ask(OffsetCommit, body, { purpose: 'control' })
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode: code } of partitions) {
        if (occupied.has(code)) throw hasMembers(id, 'OffsetCommit')
        const subject = `${partitionName({ topic: name, partition: partitionIndex })} of group ${id}`
        check(coordinator, code, 'OffsetCommit', subject)
      }
    }
  })
}

function check(coordinator: Coordinator, code: number, request: string, id: string): void {
  if (code === 0) return
  coordinator.hasMoved(code)
  throw code === errorCode.NON_EMPTY_GROUP ? hasMembers(id, request) : refusal(code, request, `group ${id}`)
}

function hasMembers(id: string, request: string): KafkaError {
  return new KafkaError(
    'rejected',
    'NON_EMPTY_GROUP',
    request,
    `Group ${id} has members: it can't be changed from outside`,
  )
}

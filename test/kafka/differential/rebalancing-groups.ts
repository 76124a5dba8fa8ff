/** What several members are told while their group rebalances, and members of old clients. */
import * as apis from '../../../src/wire/apis/index.ts'
import { encodeSubscription } from '../../../src/wire/consumer-protocol.ts'
import { errorCode, errorName } from '../../../src/wire/errors.ts'
import type { Response } from '../../../src/wire/schema.ts'
import type { Session } from './session.ts'

type Joined = Response<typeof apis.JoinGroup>

/** A subscription that Kafka can read: over some others it stumbles in the middle of a rebalance. */
const changedMetadata = encodeSubscription(0, { topics: ['another'], userData: Buffer.alloc(0) }).toString('latin1')

const seen = ({ errorCode: code, generationId, members, leader, memberId, skipAssignment, protocolName }: Joined) => [
  errorName(code),
  generationId,
  members.length,
  leader === memberId,
  skipAssignment,
  protocolName,
]

async function joinAnew(session: Session, groupId: string, options: object = {}): Promise<Joined> {
  const first = await session.settled(
    () => session.join('', groupId, options),
    ({ errorCode: code }) => code,
  )
  return first.errorCode === errorCode.MEMBER_ID_REQUIRED ? session.join(first.memberId, groupId, options) : first
}

/** Asks with heartbeats until the group calls its members together. */
async function called(
  session: Session,
  groupId: string,
  member: Joined & { instanceId?: string | null },
): Promise<void> {
  await session.settled(
    () => session.heartbeat(groupId, member),
    (code) => (code === 'NONE' ? errorCode.CONCURRENT_TRANSACTIONS : errorCode.NONE),
  )
}

/** A second member comes, and both keep what they have meanwhile; then the first one leaves. */
export async function twoMembers(session: Session): Promise<void> {
  const groupId = 'two'
  const other = session.another()
  await session.findCoordinator(groupId, 0)
  const alone = await joinAnew(session, groupId)
  await session.note('alone', seen(alone))
  await session.note('sync', session.sync(groupId, alone))
  const coming = joinAnew(other, groupId)
  await called(session, groupId, alone)
  await session.note('heartbeat', session.heartbeat(groupId, alone))
  await session.note('sync of the former generation', session.sync(groupId, alone))
  await session.note('commit of the former generation', session.commit(groupId, alone))
  const leader = await session.join(alone.memberId, groupId)
  const follower = await coming
  await session.note('leader', seen(leader))
  await session.note('follower', seen(follower))
  await session.note('heartbeat before sync', other.heartbeat(groupId, follower))
  await session.note('commit before sync', other.commit(groupId, follower))
  const waiting = other.sync(groupId, follower)
  await session.note('leader syncs', session.sync(groupId, leader))
  await session.note('follower syncs', waiting)
  await session.note('follower joins again', seen(await other.join(follower.memberId, groupId)))
  await session.note('heartbeat of the leader', session.heartbeat(groupId, leader))
  const changed = other.join(follower.memberId, groupId, { metadata: changedMetadata })
  await called(session, groupId, leader)
  const again = await session.join(leader.memberId, groupId)
  await session.note('changed', [seen(again), seen(await changed)])
  await session.note('leaves before sync', session.leave(groupId, leader.memberId))
  await session.note('the other', other.heartbeat(groupId, { ...follower, generationId: again.generationId }))
  const last = await other.join(follower.memberId, groupId, { metadata: changedMetadata })
  await session.note('last', seen(last))
  await session.note('last syncs', other.sync(groupId, last))
}

/** Who is not heard of, or does not join again in time, is left behind. */
export async function leftBehind(session: Session): Promise<void> {
  const groupId = 'left-behind'
  const other = session.another()
  await session.findCoordinator(groupId, 0)
  const short = { sessionTimeoutMs: 1000, rebalanceTimeoutMs: 1500 }
  const silent = await joinAnew(session, groupId, short)
  await session.sync(groupId, silent)
  const coming = await joinAnew(other, groupId, short)
  await session.note('came', seen(coming))
  await session.note('left behind', session.heartbeat(groupId, silent))
  await session.note('joins by its old name', seen(await session.join(silent.memberId, groupId)))
  await session.note('commits', session.commit(groupId, silent))
  await session.note('syncs', other.sync(groupId, coming))
}

/** A static member is away while others come, and comes back in the middle. */
export async function staticRebalance(session: Session): Promise<void> {
  const groupId = 'static-rebalance'
  const other = session.another()
  await session.findCoordinator(groupId, 0)
  const instanceId = 'instance'
  const times = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 1000 }
  const first = await joinAnew(session, groupId, { ...times, instanceId })
  await session.sync(groupId, { ...first, instanceId })
  const coming = await joinAnew(other, groupId, times)
  await session.note('came without the static one', seen(coming))
  await session.note('syncs', other.sync(groupId, coming))
  await session.note('static heartbeat', session.heartbeat(groupId, { ...first, instanceId }))
  const returned = await session.join('', groupId, { ...times, instanceId })
  await session.note('returned', seen(returned))
  const back = { ...returned, instanceId }
  await session.note('its heartbeat', session.heartbeat(groupId, back))
  await session.note('its assignment', session.sync(groupId, back))
  await session.note('commit', session.commit(groupId, back))
  const changed = session.join(returned.memberId, groupId, { ...times, instanceId, metadata: changedMetadata })
  await called(other, groupId, coming)
  const rejoined = await other.join(coming.memberId, groupId, times)
  await session.note('changed', [seen(await changed), seen(rejoined)])
  await session.note('removed by name', other.leave(groupId, '', instanceId))
  await session.note('told', session.heartbeat(groupId, { ...back, generationId: rejoined.generationId }))
  await session.note('the other', other.heartbeat(groupId, rejoined))
}

/** The first versions of every request of a member. */
export async function oldClients(session: Session): Promise<void> {
  const { client, topic } = session
  const groupId = 'old'
  await session.findCoordinator(groupId, 0)
  for (const version of [2, 3]) {
    const joined = await session.join('', `${groupId}-${version}`, { version })
    await session.note(`join ${version}`, seen(joined))
  }
  const joined = await session.join('', groupId, { version: 2 })
  const { generationId, memberId } = joined
  const assignments = [{ memberId, assignment: Buffer.from('mine') }]
  const synced = await client.send(apis.SyncGroup, 0, { groupId, generationId, memberId, assignments })
  await session.note('sync 0', [errorName(synced.errorCode), synced.assignment.toString()])
  const beating = await client.send(apis.Heartbeat, 0, { groupId, generationId, memberId })
  await session.note('heartbeat 0', errorName(beating.errorCode))
  const partitions = [{ partitionIndex: 0, committedOffset: 12, committedMetadata: null }]
  for (const version of [2, 5]) {
    const body = { groupId, generationIdOrMemberEpoch: generationId, memberId, topics: [{ name: topic, partitions }] }
    const { topics } = await client.send(apis.OffsetCommit, version, body)
    await session.note(`commit ${version}`, errorName(topics[0]!.partitions[0]!.errorCode))
  }
  for (const version of [1, 2, 5, 7]) {
    const wanted = [{ name: topic, partitionIndexes: [0, 1] }]
    const answer = await client.send(apis.OffsetFetch, version, { groupId, topics: wanted })
    await session.note(`positions ${version}`, [errorName(answer.errorCode), answer.topics[0]!.partitions])
  }
  const { groups } = await client.send(apis.DescribeGroups, 0, { groups: [groupId] })
  await session.note('describe 0', [groups[0]!.groupState, groups[0]!.members[0]!.memberAssignment.toString()])
  const left = await client.send(apis.LeaveGroup, 0, { groupId, memberId })
  await session.note('leave 0', errorName(left.errorCode))
  const again = await client.send(apis.LeaveGroup, 1, { groupId, memberId })
  await session.note('leave again', errorName(again.errorCode))
}

/** Positions in transactions of clients from before KIP-447, which say nothing of membership. */
export async function oldTransactions(session: Session): Promise<void> {
  const groupId = 'old-transactions'
  await session.findCoordinator(groupId, 0)
  const member = await joinAnew(session, groupId)
  await session.sync(groupId, member)
  const producer = await session.producer('old-producer')
  await session.note('add', session.addOffsets(producer, groupId))
  for (const version of [0, 2, 3, 4]) {
    await session.note(`anybody ${version}`, session.commitInTransaction(producer, groupId, undefined, version))
  }
  const older = { ...member, generationId: member.generationId - 1 }
  await session.note('member', session.commitInTransaction(producer, groupId, member, 3))
  await session.note('former generation', session.commitInTransaction(producer, groupId, older, 3))
  await session.note('stranger', session.commitInTransaction(producer, groupId, { ...member, memberId: 'x' }, 3))
  await session.note(
    'stranger without generation',
    session.commitInTransaction(producer, groupId, { memberId: 'x', generationId: -1 }, 3),
  )
  await session.note('end', session.end(producer, true, 3))
  await session.ended(producer.id)
  await session.note('positions', session.positions(groupId, true))
}

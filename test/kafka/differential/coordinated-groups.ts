/** What coordinators of groups answer beyond the plain life of a member. */
import {
  DeleteGroups,
  DescribeGroups,
  LeaveGroup,
  ListGroups,
  OffsetCommit,
  OffsetDelete,
  OffsetFetch,
} from '../../../src/wire/apis/index.ts'
import { encodeSubscription } from '../../../src/wire/consumer-protocol.ts'
import { errorCode, errorName } from '../../../src/wire/errors.ts'
import type { Session } from './session.ts'

const nobody = { memberId: '', generationId: -1 }

async function stable(session: Session, groupId: string, instanceId: string | null = null) {
  const metadata = encodeSubscription(1, { topics: [session.topic], userData: Buffer.alloc(0), ownedPartitions: [] })
  const options = { instanceId, metadata: metadata.toString('latin1') }
  let joined = await session.settled(
    () => session.join('', groupId, options),
    ({ errorCode: code }) => code,
  )
  if (joined.errorCode === errorCode.MEMBER_ID_REQUIRED) joined = await session.join(joined.memberId, groupId, options)
  const member = { memberId: joined.memberId, generationId: joined.generationId, instanceId }
  await session.sync(groupId, member)
  return member
}

async function deletePositions(session: Session, groupId: string, topics: readonly string[]): Promise<unknown> {
  const answer = await session.client.send(OffsetDelete, 0, {
    groupId,
    topics: topics.map((name) => ({ name, partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] })),
  })
  const codes = answer.topics.flatMap(({ name, partitions }) =>
    partitions.map((each) => `${name === session.topic ? 'it' : 'other'} ${errorName(each.errorCode)}`),
  )
  return [errorName(answer.errorCode), codes.sort()]
}

/** OffsetDelete, in a group that reads the topic, does not, is empty, is not there. */
export async function deletedPositions(session: Session): Promise<void> {
  const groupId = 'deleting'
  await session.findCoordinator(groupId, 0)
  await session.note('no group', deletePositions(session, groupId, [session.topic]))
  await session.note('commit of nobody', session.commit(groupId, nobody))
  await session.note('simple group', deletePositions(session, groupId, [session.topic, 'absent']))
  await session.note('positions', session.positions(groupId, true))
  const member = await stable(session, groupId)
  await session.note('commit', session.commit(groupId, member))
  await session.note('subscribed', deletePositions(session, groupId, [session.topic, 'absent']))
  await session.note('positions', session.positions(groupId, true))
  await session.leave(groupId, member.memberId)
  await session.note('empty', deletePositions(session, groupId, [session.topic]))
  await session.note('positions', session.positions(groupId, true))
  const { groups } = await session.client.send(DescribeGroups, 5, {
    groups: [groupId],
    includeAuthorizedOperations: false,
  })
  await session.note('is still there', groups[0]!.groupState)
}

/** ListGroups by state and type, DescribeGroups of what is not there. */
export async function groupListings(session: Session): Promise<void> {
  await session.findCoordinator('listed-stable', 0)
  await stable(session, 'listed-stable')
  await session.commit('listed-simple', nobody)
  const list = async (name: string, statesFilter: string[], typesFilter: string[]): Promise<void> => {
    const { errorCode: code, groups } = await session.client.send(ListGroups, 5, { statesFilter, typesFilter })
    const found = groups
      .filter(({ groupId }) => groupId.startsWith('listed'))
      .map((each) => [each.groupId, each.protocolType, each.groupState, each.groupType].join(' '))
    await session.note(name, [errorName(code), found.sort()])
  }
  await list('all', [], [])
  await list('stable', ['Stable'], [])
  await list('empty, otherwise spelled', ['eMPTY'], [])
  await list('several', ['Stable', 'Empty'], ['classic'])
  await list('unknown state', ['Nothing'], [])
  await list('type', [], ['Classic'])
  await list('other type', [], ['consumer'])
  await list('unknown type', [], ['nothing'])
  for (const version of [4, 6]) {
    const names = ['listed-simple', 'listed-stable', 'listed-unknown', '']
    const { groups } = await session.client.send(DescribeGroups, version, {
      groups: names,
      includeAuthorizedOperations: true,
    })
    for (const group of groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1))) {
      const { errorCode: code, errorMessage, groupState, protocolType, protocolData, authorizedOperations } = group
      const seen = [errorMessage, groupState, protocolType, protocolData, authorizedOperations]
      await session.note(`describe ${group.groupId}, version ${version}`, [errorName(code), ...seen])
    }
  }
}

/** OffsetFetch of all positions, of several groups, while a transaction is open. */
export async function fetchedPositions(session: Session): Promise<void> {
  await session.findCoordinator('fetched', 0)
  const producer = await session.producer('fetched-producer')
  if (session.protocol === 0) await session.addOffsets(producer, 'fetched')
  await session.note('stage', session.commitInTransaction(producer, 'fetched'))
  const fetch = async (name: string, topics: null | [], requireStable: boolean): Promise<void> => {
    const wanted = ['fetched', 'fetched-unknown', ''].map((groupId) => ({ groupId, topics }))
    const { groups } = await session.client.send(OffsetFetch, 9, { groups: wanted, requireStable })
    for (const group of groups) {
      const positions = group.topics.flatMap(({ partitions }) =>
        partitions.map((each) => [each.partitionIndex, each.committedOffset, each.metadata, errorName(each.errorCode)]),
      )
      await session.note(`${name} of '${group.groupId}'`, [errorName(group.errorCode), positions])
    }
  }
  await fetch('staged only, all', null, false)
  await fetch('staged only, all, stable', null, true)
  await session.note('commit beside', session.commit('fetched', nobody))
  await fetch('both, all', null, false)
  await fetch('both, all, stable', null, true)
  await fetch('no topics', [], true)
  await session.note('deleted while staged', removed(session, 'fetched'))
  await fetch('deleted, all', null, true)
  await session.note('end', session.endAndWait(producer, true))
  await fetch('afterwards', null, true)
  const old = await session.client.send(OffsetFetch, 7, { groupId: 'fetched', topics: null, requireStable: true })
  await session.note('version 7', [errorName(old.errorCode), old.topics.length])
}

async function removed(session: Session, groupId: string): Promise<unknown> {
  const { results } = await session.client.send(DeleteGroups, 2, { groupsNames: [groupId] })
  return results.map((each) => errorName(each.errorCode))
}

/** OffsetCommit of what cannot be kept, and of whom it does not know. */
export async function refusedPositions(session: Session): Promise<void> {
  await session.findCoordinator('refused', 0)
  const member = await stable(session, 'refused')
  const commit = async (name: string, who: typeof nobody, partitions: readonly object[]): Promise<void> => {
    const answer = await session.client.send(OffsetCommit, 8, {
      groupId: 'refused',
      generationIdOrMemberEpoch: who.generationId,
      memberId: who.memberId,
      groupInstanceId: null,
      topics: [
        { name: session.topic, partitions: partitions as [] },
        { name: 'absent', partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }] },
      ],
    })
    const codes = answer.topics.flatMap((topic) =>
      topic.partitions.map((each) => `${topic.name === 'absent'} ${each.partitionIndex} ${errorName(each.errorCode)}`),
    )
    await session.note(name, codes.sort())
  }
  const plain = { partitionIndex: 0, committedOffset: 1, committedMetadata: 'ü', committedLeaderEpoch: 0 }
  const long = { partitionIndex: 1, committedOffset: 2, committedMetadata: 'm'.repeat(4097) }
  const longest = { partitionIndex: 2, committedOffset: 2, committedMetadata: 'm'.repeat(4096) }
  const missing = { partitionIndex: 77, committedOffset: 2, committedMetadata: null }
  const negative = { partitionIndex: 3, committedOffset: -5, committedMetadata: null }
  await commit('of a member', member, [plain, long, longest, missing, negative])
  await commit('of an unknown member', { ...member, memberId: 'unknown' }, [plain, long, missing])
  await commit('of another generation', { ...member, generationId: 9 }, [plain, long, missing])
  await commit('of nobody', nobody, [plain])
  await commit('of nowhere', { ...member, memberId: 'unknown' }, [missing])
  await session.note('positions', session.positions('refused', true))
}

/** LeaveGroup of several at once: dynamic, static by name, fenced, unknown. */
export async function leaving(session: Session): Promise<void> {
  const groupId = 'leaving'
  await session.findCoordinator(groupId, 0)
  const member = await stable(session, groupId, 'instance')
  const leave = async (name: string, from: string, members: readonly [string, string | null][]): Promise<void> => {
    const answer = await session.client.send(LeaveGroup, 5, {
      groupId: from,
      members: members.map(([memberId, groupInstanceId]) => ({ memberId, groupInstanceId, reason: 'because' })),
    })
    await session.note(name, [errorName(answer.errorCode), answer.members.map((each) => errorName(each.errorCode))])
  }
  await leave('an unknown group', 'leaving-unknown', [
    ['a', null],
    ['', 'b'],
  ])
  await leave('a group without a name', '', [['a', null]])
  await leave('fenced', groupId, [['another', 'instance']])
  await leave('nobody', groupId, [])
  await leave('unknown ones', groupId, [
    ['another', null],
    ['', 'unknown'],
    ['another', 'unknown'],
    ['', null],
  ])
  await session.note('still in', session.heartbeat(groupId, member))
  await leave('several', groupId, [
    ['another', null],
    ['', 'instance'],
    ['', 'instance'],
  ])
  await session.note('out', session.heartbeat(groupId, member))
  const { errorCode: code } = await session.client.send(LeaveGroup, 2, { groupId: 'leaving-unknown', memberId: 'a' })
  await session.note('version 2', errorName(code))
}

/** A static member that was replaced is fenced everywhere. */
export async function fencedInstance(session: Session): Promise<void> {
  const groupId = 'fenced-instance'
  await session.findCoordinator(groupId, 0)
  const former = await stable(session, groupId, 'instance')
  const member = await stable(session, groupId, 'instance')
  await session.note('replaced', former.memberId !== member.memberId)
  const unnamed = { ...former, instanceId: null }
  const strange = { ...member, instanceId: 'unknown' }
  for (const [name, who] of Object.entries({ former, unnamed, strange })) {
    await session.note(`heartbeat, ${name}`, session.heartbeat(groupId, who))
    await session.note(`sync, ${name}`, session.sync(groupId, who))
    await session.note(`commit, ${name}`, session.commit(groupId, who))
    await session.note(`leave, ${name}`, session.leave(groupId, who.memberId, who.instanceId))
    const joined = await session.join(who.memberId, groupId, { instanceId: who.instanceId })
    await session.note(`join, ${name}`, errorName(joined.errorCode))
  }
  await session.note('member', session.heartbeat(groupId, member))
}

/** A member that joins, sends heartbeats, and never asks for its assignment. */
export async function neverSynced(session: Session): Promise<void> {
  const groupId = 'never-synced'
  await session.findCoordinator(groupId, 0)
  const first = await session.join('', groupId)
  const joined = await session.join(first.memberId, groupId, { rebalanceTimeoutMs: 1000 })
  await session.note('heartbeat', session.heartbeat(groupId, joined))
  const seen = new Set<string>()
  await session.settled(
    async () => {
      const code = await session.heartbeat(groupId, joined)
      seen.add(code)
      return code
    },
    (code) => (code === 'NONE' ? errorCode.CONCURRENT_TRANSACTIONS : errorCode.NONE),
  )
  await session.note('heartbeats', [...seen])
  await session.note('sync', session.sync(groupId, joined))
}

/** A group takes no more than three, but while its members join again those count who have done so. */
export async function fullGroup(session: Session): Promise<void> {
  const groupId = 'full'
  await session.findCoordinator(groupId, 0)
  const times = { rebalanceTimeoutMs: 1500 }
  const all = [session, session.another(), session.another(), session.another()]
  const ids: string[] = []
  for (const each of all) {
    const { errorCode: code, memberId } = await each.settled(
      () => each.join('', groupId),
      (answer) => answer.errorCode,
    )
    ids.push(memberId)
    await session.note('asks', [errorName(code), memberId === ''])
  }
  const [first, ...others] = all.map((each, index) => () => each.join(ids[index]!, groupId, times))
  const shown = ({ errorCode: code, generationId }: Awaited<ReturnType<Session['join']>>) => [
    errorName(code),
    generationId,
  ]
  await session.note('first', shown(await first!()))
  await session.note('others', (await Promise.all(others.map((join) => join()))).map(shown))
  const late = await session.join('', groupId)
  await session.note('asks too late', [...shown(late), late.memberId])
  await session.note('first joins again', shown(await first!()))
}

/** Groups without a name: positions may be kept under it, members may not join it. */
export async function nameless(session: Session): Promise<void> {
  await session.findCoordinator('', 0)
  const member = { memberId: 'm', generationId: 1 }
  await session.note('heartbeat', session.heartbeat('', member))
  await session.note('sync', session.sync('', member))
  await session.note('leave', session.leave('', 'm'))
  await session.note('delete positions', deletePositions(session, '', [session.topic]))
  const producer = await session.producer('nameless')
  if (session.protocol === 0) await session.note('add', session.addOffsets(producer, ''))
  await session.note('commit in a transaction', session.commitInTransaction(producer, ''))
  await session.note('delete', removed(session, ''))
  await session.note('commit', session.commit('', nobody))
  await session.note('positions', session.positions('', false))
  await session.note('delete', removed(session, ''))
}

/** Groups of the newer protocol (KIP-848): the same heartbeats, answered alike. */
import * as apis from '../../../src/wire/apis/index.ts'
import { errorCode, errorName } from '../../../src/wire/errors.ts'
import type { RequestInput, Response } from '../../../src/wire/schema.ts'
import type { Session } from './session.ts'

type Beat = RequestInput<typeof apis.ConsumerGroupHeartbeat>

const silent: Omit<Beat, 'groupId' | 'memberId' | 'memberEpoch'> = {
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: -1,
  subscribedTopicNames: null,
  serverAssignor: null,
  topicPartitions: null,
}

/** Members by name: what a test says in their name, and what they were told. */
export class Members {
  readonly session: Session
  readonly group: string
  topicId = ''

  constructor(session: Session, group: string) {
    this.session = session
    this.group = group
  }

  async open(): Promise<this> {
    await this.session.findCoordinator(this.group, 0)
    await this.session.settled(
      () => this.beat('nobody', 1),
      ({ errorCode }) => errorCode,
    )
    const { topics } = await this.session.client.send(apis.Metadata, 12, {
      topics: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAA', name: this.session.topic }],
      allowAutoTopicCreation: false,
    })
    this.topicId = topics[0]!.topicId
    return this
  }

  beat(memberId: string, memberEpoch: number, more: Partial<Beat> & { readonly version?: number } = {}) {
    const { version = 1, ...rest } = more
    const body = { groupId: this.group, memberId, memberEpoch, ...silent, ...rest }
    return this.session.client.send(apis.ConsumerGroupHeartbeat, version, body)
  }

  join(memberId: string, more: Partial<Beat> & { readonly version?: number } = {}) {
    return this.beat(memberId, 0, {
      rebalanceTimeoutMs: 60_000,
      subscribedTopicNames: [this.session.topic],
      topicPartitions: [],
      ...more,
    })
  }

  owns(partitions: readonly number[]): Partial<Beat> {
    return { topicPartitions: partitions.length === 0 ? [] : [{ topicId: this.topicId, partitions }] }
  }

  /** Error, epoch and partitions of an answer. */
  seen({ errorCode, memberEpoch, assignment }: Response<typeof apis.ConsumerGroupHeartbeat>): unknown {
    const partitions = assignment?.topicPartitions.flatMap((each) => each.partitions).sort() ?? null
    return [errorName(errorCode), memberEpoch, partitions]
  }

  async note(name: string, answer: Promise<Response<typeof apis.ConsumerGroupHeartbeat>>): Promise<void> {
    await this.session.note(
      name,
      answer.then((each) => this.seen(each)),
    )
  }

  async commit(memberId: string, epoch: number, version = 9): Promise<string> {
    const partitions = [{ partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: '' }]
    const { topics } = await this.session.client.send(apis.OffsetCommit, version, {
      groupId: this.group,
      memberId,
      generationIdOrMemberEpoch: epoch,
      groupInstanceId: null,
      topics: [{ name: this.session.topic, partitions }],
    })
    return errorName(topics[0]!.partitions[0]!.errorCode)
  }

  async fetch(memberId: string | null, memberEpoch: number): Promise<unknown> {
    const topics = [{ name: this.session.topic, partitionIndexes: [0] }]
    const groups = [{ groupId: this.group, memberId, memberEpoch, topics }]
    const answer = await this.session.client.send(apis.OffsetFetch, 9, { groups, requireStable: true })
    const [group] = answer.groups
    return [errorName(group!.errorCode), group!.topics[0]?.partitions[0]?.committedOffset ?? null]
  }

  async listed(): Promise<unknown> {
    const { groups } = await this.session.client.send(apis.ListGroups, 5, { statesFilter: [], typesFilter: [] })
    const own = groups.find(({ groupId }) => groupId === this.group)
    return own === undefined ? null : [own.protocolType, own.groupState, own.groupType]
  }

  async described(): Promise<unknown> {
    const body = { groupIds: [this.group], includeAuthorizedOperations: false }
    const [group] = (await this.session.client.send(apis.ConsumerGroupDescribe, 1, body)).groups
    const { groupState, groupEpoch, assignmentEpoch, assignorName, members } = group!
    const partitionsOf = (share: { readonly topicPartitions: readonly { readonly partitions: number[] }[] }) =>
      share.topicPartitions.flatMap(({ partitions }) => partitions).sort()
    const about = members
      .map((each) => [
        each.memberId,
        each.instanceId,
        each.memberEpoch,
        each.subscribedTopicNames.length,
        each.subscribedTopicRegex,
        partitionsOf(each.assignment),
        partitionsOf(each.targetAssignment),
        each.memberType,
      ])
      .sort()
    return [errorName(group!.errorCode), groupState, groupEpoch, assignmentEpoch, assignorName, about]
  }
}

/** What a second member must be given, whichever halves they are. */
async function halves(members: Members, name: string, answer: Promise<Response<typeof apis.ConsumerGroupHeartbeat>>) {
  const { errorCode, memberEpoch, assignment } = await answer
  const partitions = assignment?.topicPartitions.flatMap((each) => each.partitions) ?? []
  await members.session.note(name, Promise.resolve([errorName(errorCode), memberEpoch, partitions.length]))
  return partitions
}

/** One member, then two, then one again. */
export async function reconciling(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  await members.note('a joins', members.join('a'))
  await members.note('a has all', members.beat('a', 1, members.owns([0, 1, 2, 3])))
  await session.note('described', members.described())
  await members.note('b joins', members.join('b'))
  await members.note('b beats', members.beat('b', 2))
  const kept = await halves(members, 'a is to give up', members.beat('a', 1))
  await session.note(
    'described meanwhile',
    members.described().then((each) => (each as unknown[]).slice(0, 5)),
  )
  await members.note('a has not yet', members.beat('a', 1, members.owns([0, 1, 2, 3])))
  await session.note('a commits while it gives up', members.commit('a', 1))
  await members.note('b waits', members.beat('b', 2))
  await halves(members, 'a has given up', members.beat('a', 1, members.owns(kept)))
  const given = await halves(members, 'b is given', members.beat('b', 2))
  await halves(members, 'b has', members.beat('b', 2, members.owns(given)))
  await session.note(
    'described then',
    members.described().then((each) => (each as unknown[]).slice(0, 5)),
  )
  await session.note('listed', members.listed())
  await members.note('b leaves', members.beat('b', -1))
  await members.note('a is given the rest', members.beat('a', 2))
  await members.note('a has it', members.beat('a', 3, members.owns([0, 1, 2, 3])))
  await members.note('a leaves', members.beat('a', -1))
  await session.note('listed empty', members.listed())
  await session.note('described empty', members.described())
}

/** Requests that are refused. */
export async function refusing(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  await members.note('unknown group', members.beat('a', 5))
  await members.note('leaves unknown group', members.beat('a', -1))
  await session.note('listed', members.listed())
  await members.note('no group', members.join('a', { groupId: '' }))
  await members.note('no member', members.join(''))
  await members.note('no timeout', members.join('a', { rebalanceTimeoutMs: -1 }))
  await members.note('no topics', members.join('a', { subscribedTopicNames: null }))
  await members.note('no partitions', members.join('a', { topicPartitions: null }))
  await members.note('owns already', members.join('a', members.owns([0])))
  await members.note('empty instance', members.join('a', { instanceId: '' }))
  await members.note('assignor', members.join('a', { serverAssignor: 'nope' }))
  await members.note('negative epoch', members.beat('a', -3))
  await members.note('static leave without a name', members.beat('a', -2))
  await members.note('regex', members.join('a', { subscribedTopicNames: [], subscribedTopicRegex: '(' }))
  await members.note('joins nothing', members.join('empty', { subscribedTopicNames: [] }))
  await members.note('joins what is not there', members.join('absent', { subscribedTopicNames: ['absent'] }))
  await members.note('joins', members.join('a', { serverAssignor: 'range' }))
  await members.note('unknown member', members.beat('stranger', 1))
  await members.note('unknown member leaves', members.beat('stranger', -1))
  await members.note('epoch ahead', members.beat('a', 99))
  await members.note('joins again', members.join('a', { serverAssignor: 'range' }))
  await session.note('described', members.described())
}

/** Positions and who may write them. */
export async function committing(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  await members.join('a')
  await session.note('member', members.commit('a', 1))
  await session.note('member, version 8', members.commit('a', 1, 8))
  await session.note('epoch behind', members.commit('a', 0))
  await session.note('epoch ahead', members.commit('a', 9))
  await session.note('stranger', members.commit('stranger', 1))
  await session.note('nobody', members.commit('', -1))
  await session.note('read', members.fetch('a', 1))
  await session.note('read by nobody', members.fetch(null, -1))
  await session.note('read behind', members.fetch('a', 0))
  await session.note('read by a stranger', members.fetch('stranger', 1))
  const producer = await session.producer(`${members.group}-writer`)
  for (const [name, memberId, generationId] of [
    ['member', 'a', 1],
    ['behind', 'a', 0],
    ['stranger', 'stranger', 1],
    ['nobody', '', -1],
  ] as const) {
    await session.addOffsets(producer, members.group)
    const committed = session.commitInTransaction(producer, members.group, { memberId, generationId })
    await session.note(`in a transaction: ${name}`, committed)
  }
  await members.beat('a', -1)
  await session.note('nobody, empty group', members.commit('', -1))
  await session.note('former member', members.commit('a', 1))
}

/** A static member that comes back, and one that takes its name. */
export async function staying(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  const instanceId = 'instance'
  await members.note('joins', members.join('a', { instanceId }))
  await members.note('beats without its name', members.beat('a', 1))
  await members.note('another takes the name', members.join('b', { instanceId }))
  await members.note('unknown name', members.beat('a', 1, { instanceId: 'unknown' }))
  await members.note('goes for a while', members.beat('a', -2, { instanceId }))
  await session.note('described', members.described())
  await members.note('comes back', members.join('c', { instanceId }))
  await session.note('described after', members.described())
  await members.note('the former beats', members.beat('a', 1, { instanceId }))
  await members.note('leaves', members.beat('c', -1, { instanceId }))
  await session.note('described empty', members.described())
}

/** Between the protocols. */
export async function upgrading(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  const classic = await session.join('', members.group, {})
  const { memberId } = await session.join(classic.memberId, members.group, {})
  await session.leave(members.group, memberId)
  await session.note('position of the classic group', members.commit('', -1))
  await session.note('listed classic', members.listed())
  await members.note('joins the empty one', members.join('a'))
  await session.note('listed', members.listed())
  await session.note('position', members.fetch('a', 1))
  await members.note('leaves', members.beat('a', -1))
  const { results } = await session.client.send(apis.DeleteGroups, 2, { groupsNames: [members.group] })
  await session.note('deleted', Promise.resolve(results.map(({ errorCode }) => errorName(errorCode))))
  await session.note('listed after', members.listed())
}

/** An answer that was lost, and a member that begins anew. */
export async function repeating(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  await members.join('a')
  await members.join('b')
  const kept = await halves(members, 'a is to give up', members.beat('a', 1))
  await halves(members, 'a has given up', members.beat('a', 1, members.owns(kept)))
  await halves(members, 'says so again', members.beat('a', 1, members.owns(kept)))
  await members.note('says nothing of it', members.beat('a', 1))
  await members.note('says too much', members.beat('a', 1, members.owns([0, 1, 2, 3])))
  await halves(members, 'begins anew', members.join('a'))
  await halves(members, 'the other', members.beat('b', 2))
  const { memberId, errorCode: code } = await members.join('', { version: 0 })
  await session.note('is given an id', Promise.resolve([errorName(code), memberId?.length]))
}

/** Ranges of members that come one after another, and a topic that grows. */
export async function ranging(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  const range = { serverAssignor: 'range' }
  await members.note('b', members.join('b', range))
  await members.note('a', members.join('a', range))
  await members.note('b is to give up', members.beat('b', 1))
  await members.note('b has', members.beat('b', 1, members.owns([2, 3])))
  await members.note('a is given', members.beat('a', 2))
  await members.note('b reads nothing', members.beat('b', 2, { subscribedTopicNames: [] }))
  await members.note('b has nothing', members.beat('b', 2, members.owns([])))
  await members.note('a gets the rest', members.beat('a', 2))
  await session.note('described', members.described())
}

/** Topics by a regular expression; they are found a moment after the member joined. */
export async function matching(session: Session): Promise<void> {
  const members = await new Members(session, `group-${session.topic}`).open()
  const regex = { subscribedTopicNames: [], subscribedTopicRegex: `${session.topic.slice(0, -1)}.` }
  const first = await members.join('a', regex)
  const isGiven = ({ assignment }: typeof first): boolean => (assignment?.topicPartitions.length ?? 0) > 0
  let last = first
  if (!isGiven(last)) {
    last = await session.settled(
      () => members.beat('a', last.memberEpoch),
      (answer) => {
        last = answer
        return isGiven(answer) ? 0 : errorCode.COORDINATOR_NOT_AVAILABLE
      },
    )
  }
  await session.note('is given', Promise.resolve((members.seen(last) as unknown[])[2]))
}

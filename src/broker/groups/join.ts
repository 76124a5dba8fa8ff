/** JoinGroup: who may join, and whether it makes the others join again. */
import { errorCode } from '../../wire/errors.ts'
import { refusedJoin, refusedSync } from './answers.ts'
import type { Group } from './group.ts'
import type { GroupLog } from './log.ts'
import { type Joined, type JoinRequest, Member } from './member.ts'
import { joinedAnswer, membersOf, type Rebalance } from './rebalance.ts'
import type { GroupState } from './states.ts'
import { subscribedTopics } from './subscription.ts'

type Answer = (joined: Joined) => void

export interface Joining {
  readonly rebalance: Rebalance
  readonly log: GroupLog
  /** Most members a group may have. */
  readonly maximumSize: number
  /** The id the broker gives to a member that has none. */
  readonly newId: string
}

/** Answers now, or when all members have joined. */
export function join(group: Group, request: JoinRequest, joining: Joining, answer: Answer): void {
  if (group.state === 'Dead') answer(refusedJoin(errorCode.COORDINATOR_NOT_AVAILABLE, request.memberId))
  else if (!hasRoom(group, request.memberId, joining.maximumSize)) {
    answer(refusedJoin(errorCode.GROUP_MAX_SIZE_REACHED, ''))
  } else if (!group.supports(request)) answer(refusedJoin(errorCode.INCONSISTENT_GROUP_PROTOCOL, request.memberId))
  else if (request.memberId === '') joinAsNew(group, request, joining, answer)
  else joinAsKnown(group, request, joining.rebalance, answer)
}

/** While members join again, those who have done so count, and they stay; else all who are in. */
function hasRoom(group: Group, memberId: string, maximum: number): boolean {
  const known = group.members.get(memberId)
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true
    case 'PreparingRebalance':
      return (known !== undefined && known.joining !== null) || group.joining < maximum
    case 'CompletingRebalance':
    case 'Stable':
      return known !== undefined || group.members.size < maximum
  }
}

function joinAsNew(group: Group, request: JoinRequest, joining: Joining, answer: Answer): void {
  const { newId, rebalance } = joining
  const earlier = group.staticMember(request.instanceId)
  if (earlier !== undefined) {
    returnAsStatic(group, earlier, request, joining, answer)
    return
  }
  if (request.instanceId === null && request.needsKnownId) {
    rebalance.expect(group, newId, request.sessionTimeout)
    answer(refusedJoin(errorCode.MEMBER_ID_REQUIRED, newId))
    return
  }
  add(group, newId, request, rebalance, answer)
}

function joinAsKnown(group: Group, request: JoinRequest, rebalance: Rebalance, answer: Answer): void {
  if (request.instanceId === null && group.pending.has(request.memberId)) {
    group.pending.get(request.memberId)?.cancel()
    group.pending.delete(request.memberId)
    add(group, request.memberId, request, rebalance, answer)
    return
  }
  const code = group.identityProblem(request.memberId, request.instanceId)
  if (code !== errorCode.NONE) {
    answer(refusedJoin(code, request.memberId))
    return
  }
  const member = group.members.get(request.memberId)!
  if (causesRebalance[group.state](group, member, request)) rejoin(group, member, request, rebalance, answer)
  else {
    rebalance.sessions.renew(group, member)
    answer(joinedAnswer(group, member))
  }
}

const always = (): boolean => true
const whenChanged = (_: Group, member: Member, request: JoinRequest): boolean => !member.matches(request)

/** A repeated request is answered from what there is; the leader's own, and changed metadata, cause a rebalance. */
const causesRebalance: Readonly<Record<GroupState, (group: Group, member: Member, request: JoinRequest) => boolean>> = {
  Empty: always,
  PreparingRebalance: always,
  CompletingRebalance: whenChanged,
  Stable: (group, member, request) => group.leader === member.id || whenChanged(group, member, request),
  Dead: always,
}

function add(group: Group, id: string, request: JoinRequest, rebalance: Rebalance, answer: Answer): void {
  const member = new Member(id, request)
  member.joining = answer
  if (group.members.size === 0) group.protocolType = request.protocolType
  group.members.set(id, member)
  group.leader ??= id
  rebalance.sessions.begin(group, member)
  rebalance.prepare(group)
}

function rejoin(group: Group, member: Member, request: JoinRequest, rebalance: Rebalance, answer: Answer): void {
  member.update(request)
  member.joining?.(refusedJoin(errorCode.REBALANCE_IN_PROGRESS, member.id))
  member.joining = answer
  rebalance.sessions.stop(member)
  rebalance.prepare(group)
}

/**
 * A static member that was restarted takes its old place under a new id (KIP-345). In a stable group nobody joins
 * again: it is given the assignment it had.
 */
function returnAsStatic(
  group: Group,
  member: Member,
  request: JoinRequest,
  { newId, rebalance, log }: Joining,
  answer: Answer,
): void {
  const oldLeader = group.leader
  rename(group, member, newId)
  member.update(request)
  if (group.state !== 'Stable' || group.preferredProtocol() !== group.protocolName) {
    member.joining = answer
    rebalance.sessions.stop(member)
    rebalance.prepare(group)
    return
  }
  rebalance.sessions.renew(group, member)
  group.subscribed = subscribedTopics(group)
  log.save(group)
  answer(returned(group, member, oldLeader, request.canSkipAssignment))
}

/** A returning leader must not assign anew. Clients that cannot be told so are shown the old id as the leader's. */
function returned(group: Group, member: Member, oldLeader: string | null, canSkip: boolean): Joined {
  const joined = joinedAnswer(group, member)
  if (group.leader !== member.id) return joined
  return canSkip
    ? { ...joined, skipAssignment: true, members: membersOf(group) }
    : { ...joined, leader: oldLeader ?? '', members: [] }
}

/** Whoever still speaks under the old id is fenced. */
function rename(group: Group, member: Member, newId: string): void {
  member.joining?.(refusedJoin(errorCode.FENCED_INSTANCE_ID, member.id))
  member.syncing?.(refusedSync(errorCode.FENCED_INSTANCE_ID))
  member.joining = null
  member.syncing = null
  const members = [...group.members.values()]
  if (group.leader === member.id) group.leader = newId
  if (group.unsynced.delete(member.id)) group.unsynced.add(newId)
  member.id = newId
  group.members.clear()
  for (const each of members) group.members.set(each.id, each)
}

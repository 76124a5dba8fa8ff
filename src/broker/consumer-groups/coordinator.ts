/**
 * The groups of the newer protocol (KIP-848): members say what they read and what they hold, the coordinator decides.
 * Groups are not written to `__consumer_offsets`, only their positions are: members of a coordinator that moved or
 * started anew join again.
 */
import type { Timer } from '../../clock.ts'
import { errorCode } from '../../wire/errors.ts'
import { offsetsPartition } from '../internal-topics.ts'
import type { Timers } from '../timers.ts'
import { ConsumerGroup } from './group.ts'
import { awayEpoch, type ConsumerMember, joinEpoch, leaveEpoch, newMember } from './member.ts'
import { isSame, isWithin, type Places, placesOf } from './places.ts'
import { describedBy, type HeartbeatRequest, isWhole, readsOthers, requestProblem, type Sender } from './requests.ts'
import type { KnownTopics } from './subscriptions.ts'

export interface Beaten {
  readonly errorCode: number
  readonly memberId: string | null
  readonly memberEpoch: number
  /** null: as before. */
  readonly assignment: Places | null
}

/** Times are milliseconds. */
export interface ConsumerGroupSettings {
  readonly consumerSessionTimeout: number
  readonly consumerHeartbeatInterval: number
}

export interface CommitIdentity {
  readonly groupId: string
  readonly memberId: string
  readonly epoch: number
}

interface Watch {
  readonly session: Timer
  /** Runs while the member is to give something up. */
  readonly rebalance: { readonly timer: Timer; readonly epoch: number } | null
}

export class ConsumerGroupCoordinator {
  readonly #groups: Map<string, ConsumerGroup> = new Map()
  readonly #watches: Map<ConsumerGroup, Map<string, Watch>> = new Map()
  readonly #timers: Timers
  readonly #settings: ConsumerGroupSettings
  readonly #topics: KnownTopics
  readonly #newId: () => string

  constructor(timers: Timers, settings: ConsumerGroupSettings, topics: KnownTopics, newId: () => string) {
    this.#timers = timers
    this.#settings = settings
    this.#topics = topics
    this.#newId = newId
  }

  get(groupId: string): ConsumerGroup | undefined {
    return this.#groups.get(groupId)
  }

  all(): ConsumerGroup[] {
    return [...this.#groups.values()]
  }

  /** Forgets a partition's groups: another node coordinates them from now on. */
  unload(partitionIndex: number): void {
    for (const { id } of this.all()) if (offsetsPartition(id).partition === partitionIndex) this.forget(id)
  }

  /** The group is no more, or not of this protocol any more. */
  forget(groupId: string): void {
    const group = this.#groups.get(groupId)
    if (group === undefined) return
    for (const memberId of [...group.members.keys()]) this.#unwatch(group, memberId)
    this.#groups.delete(groupId)
  }

  /** @throws never: what is wrong is in the answer's code */
  heartbeat(request: HeartbeatRequest, version: number, sender: Sender): Beaten {
    const problem = requestProblem(request, version)
    if (problem !== errorCode.NONE) return refused(problem)
    const group = this.#groups.get(request.groupId)
    if (request.memberEpoch === joinEpoch) return this.#join(group ?? this.#open(request.groupId), request, sender)
    if (group === undefined) return refused(errorCode.GROUP_ID_NOT_FOUND)
    const member = group.members.get(request.memberId)
    const code = identityProblem(group, member, request)
    if (code !== errorCode.NONE || member === undefined) return refused(code)
    if (request.memberEpoch < joinEpoch) return this.#leave(group, member, request.memberEpoch)
    return this.#goOn(group, member, describedBy(member, request, sender), request)
  }

  /**
   * Why positions may not be written or read in that name; null when the group is not of this protocol. Who gives no
   * name at all may write while there are no members.
   */
  commitProblem({ groupId, memberId, epoch }: CommitIdentity): number | null {
    const group = this.#groups.get(groupId)
    if (group === undefined) return null
    if (epoch < 0 && group.members.size === 0) return errorCode.NONE
    const member = group.members.get(memberId)
    if (member === undefined) return errorCode.UNKNOWN_MEMBER_ID
    return member.epoch === epoch ? errorCode.NONE : errorCode.STALE_MEMBER_EPOCH
  }

  /** Removes a member as if its session had ended. False when there is none of that id. */
  evict(groupId: string, memberId: string): boolean {
    const group = this.#groups.get(groupId)
    const member = group?.members.get(memberId)
    if (group === undefined || member === undefined) return false
    this.#remove(group, member)
    return true
  }

  #open(groupId: string): ConsumerGroup {
    const group = new ConsumerGroup(groupId)
    this.#groups.set(groupId, group)
    return group
  }

  #join(group: ConsumerGroup, request: HeartbeatRequest, sender: Sender): Beaten {
    const memberId = request.memberId === '' ? this.#newId() : request.memberId
    const known = group.members.get(memberId)
    const former = group.staticMember(request.instanceId)
    if (former !== undefined && former.id !== memberId) {
      if (former.epoch !== awayEpoch) return refused(errorCode.UNRELEASED_INSTANCE_ID)
      this.#unwatch(group, former.id)
      const member = group.replace(former, memberId)
      return this.#goOn(group, member, describedBy(member, request, sender), request)
    }
    const code = known === undefined || known.epoch === awayEpoch ? errorCode.NONE : epochProblem(known, request)
    if (code !== errorCode.NONE) return refused(code)
    const member = known ?? newMember(memberId, request.instanceId)
    // A static member that comes back under its own id is where it was.
    const present = member.epoch === awayEpoch ? { ...member, epoch: member.previousEpoch } : member
    return this.#goOn(group, known ?? null, describedBy(present, request, sender), request)
  }

  /** `before` is null for a new member. */
  #goOn(group: ConsumerGroup, before: ConsumerMember | null, now: ConsumerMember, request: HeartbeatRequest): Beaten {
    group.put(now)
    group.assign(before === null || readsOthers(before, now), this.#topics)
    const owned = request.topicPartitions === null ? null : placesOf(request.topicPartitions)
    const member = group.reconcile(now, owned)
    this.#watch(group, member)
    const isToldAll = isWhole(request) || !isSame(member.assigned, now.assigned)
    return {
      errorCode: errorCode.NONE,
      memberId: member.id,
      memberEpoch: member.epoch,
      assignment: isToldAll ? member.assigned : null,
    }
  }

  #leave(group: ConsumerGroup, member: ConsumerMember, memberEpoch: number): Beaten {
    if (memberEpoch === leaveEpoch) this.#remove(group, member)
    else group.put({ ...member, epoch: awayEpoch, previousEpoch: member.epoch })
    return { errorCode: errorCode.NONE, memberId: member.id, memberEpoch, assignment: null }
  }

  #remove(group: ConsumerGroup, member: ConsumerMember): void {
    this.#unwatch(group, member.id)
    group.remove(member)
  }

  /** Who says nothing for a session, or does not give up in time, is no member any more. */
  #watch(group: ConsumerGroup, member: ConsumerMember): void {
    const watches = this.#watches.get(group) ?? new Map<string, Watch>()
    this.#watches.set(group, watches)
    const former = watches.get(member.id)
    former?.session.cancel()
    const expire = (): unknown => this.evict(group.id, member.id)
    const session = this.#timers.after(this.#settings.consumerSessionTimeout, expire)
    watches.set(member.id, { session, rebalance: this.#watchRebalance(member, former?.rebalance ?? null, expire) })
  }

  /** Begins when the member is told to give up, and goes on while it has not. */
  #watchRebalance(
    { state, epoch, rebalanceTimeout }: ConsumerMember,
    running: Watch['rebalance'],
    expire: () => unknown,
  ) {
    const isToGiveUp = state === 'revoking'
    if (isToGiveUp && running?.epoch === epoch) return running
    running?.timer.cancel()
    return isToGiveUp ? { timer: this.#timers.after(rebalanceTimeout, expire), epoch } : null
  }

  #unwatch(group: ConsumerGroup, memberId: string): void {
    const watches = this.#watches.get(group)
    const watch = watches?.get(memberId)
    watch?.session.cancel()
    watch?.rebalance?.timer.cancel()
    watches?.delete(memberId)
    if (watches?.size === 0) this.#watches.delete(group)
  }
}

function identityProblem(group: ConsumerGroup, member: ConsumerMember | undefined, request: HeartbeatRequest): number {
  const { memberId, memberEpoch, instanceId } = request
  if (instanceId !== null) {
    const named = group.staticMember(instanceId)
    if (named === undefined) return errorCode.UNKNOWN_MEMBER_ID
    if (named.id !== memberId) return errorCode.FENCED_INSTANCE_ID
  }
  if (member === undefined) return errorCode.UNKNOWN_MEMBER_ID
  return memberEpoch < joinEpoch ? errorCode.NONE : epochProblem(member, request)
}

function epochProblem(member: ConsumerMember, { memberEpoch, topicPartitions }: HeartbeatRequest): number {
  if (memberEpoch === member.epoch) return errorCode.NONE
  // The answer that raised its epoch was lost: it may go on from where it was, if it holds nothing else.
  const owned = topicPartitions === null ? null : placesOf(topicPartitions)
  const mayGoOn = memberEpoch === member.previousEpoch && owned !== null && isWithin(owned, member.assigned)
  return mayGoOn ? errorCode.NONE : errorCode.FENCED_MEMBER_EPOCH
}

function refused(code: number): Beaten {
  return { errorCode: code, memberId: null, memberEpoch: 0, assignment: null }
}

/** A rebalance from its cause to the next generation. */
import type { Timer } from '../../clock.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Timers } from '../timers.ts'
import { refusedJoin, refusedSync } from './answers.ts'
import type { Group } from './group.ts'
import type { GroupLog } from './log.ts'
import type { Joined, Member } from './member.ts'
import { Sessions } from './sessions.ts'
import { subscribedTopics } from './subscription.ts'

export class Rebalance {
  readonly sessions: Sessions
  readonly #timers: Timers
  readonly #log: GroupLog
  readonly #initialDelay: number

  constructor(timers: Timers, log: GroupLog, initialDelay: number) {
    this.#timers = timers
    this.#log = log
    this.#initialDelay = initialDelay
    this.sessions = new Sessions(timers, (group, member) => this.remove(group, member))
  }

  /** Asks all members to join again, unless that is under way. */
  prepare(group: Group): void {
    if (group.state === 'PreparingRebalance') {
      this.completeIfAllJoined(group)
      return
    }
    if (group.state === 'CompletingRebalance') this.#failSyncs(group)
    this.#stopWaitingForSyncs(group)
    const isFirst = group.state === 'Empty'
    group.isGathering = isFirst && this.#initialDelay > 0
    group.move('rebalance')
    if (group.isGathering) this.#gather(group, group.longestRebalanceTimeout)
    // The first member does not wait for those who have only asked for an id.
    else if (isFirst) this.#complete(group)
    else {
      this.#waitForJoins(group, group.longestRebalanceTimeout)
      this.completeIfAllJoined(group)
    }
  }

  completeIfAllJoined(group: Group): void {
    if (group.state !== 'PreparingRebalance' || group.isGathering || group.pending.size > 0) return
    for (const member of group.members.values()) if (member.joining === null) return
    this.#complete(group)
  }

  /** The member is gone: it left, or its session ended. */
  remove(group: Group, member: Member): void {
    this.#forget(group, member)
    if (group.state === 'Stable' || group.state === 'CompletingRebalance') this.prepare(group)
    else this.completeIfAllJoined(group)
  }

  /** Waits for a new member to come back with the id it was given. */
  expect(group: Group, memberId: string, sessionTimeout: number): void {
    const timer: Timer = this.#timers.after(sessionTimeout, () => this.unexpect(group, memberId))
    group.pending.set(memberId, timer)
  }

  unexpect(group: Group, memberId: string): boolean {
    group.pending.get(memberId)?.cancel()
    const wasExpected = group.pending.delete(memberId)
    if (wasExpected) this.completeIfAllJoined(group)
    return wasExpected
  }

  #waitForJoins(group: Group, milliseconds: number): void {
    group.joinTimer?.cancel()
    group.joinTimer = this.#timers.after(milliseconds, () => this.#complete(group))
  }

  /** Waits for the first members; in a new group on as long as more come, up to the rebalance timeout (KIP-134). */
  #gather(group: Group, remaining: number): void {
    const delay = Math.min(this.#initialDelay, remaining)
    const before = group.members.size
    group.joinTimer?.cancel()
    group.joinTimer = this.#timers.after(delay, () => {
      const isGrowing = group.generation === 0 && group.members.size > before
      if (isGrowing && remaining > delay) this.#gather(group, remaining - delay)
      else {
        group.isGathering = false
        this.#complete(group)
      }
    })
  }

  /** All have joined, or those who have not are left behind. Static members keep their place until their session ends. */
  #complete(group: Group): void {
    group.joinTimer?.cancel()
    for (const member of [...group.members.values()]) {
      if (member.joining === null && member.instanceId === null) this.#forget(group, member)
    }
    if (group.members.size === 0) {
      this.#empty(group)
      return
    }
    if (!electLeader(group)) {
      this.#waitForJoins(group, group.longestRebalanceTimeout)
      return
    }
    group.generation = following(group.generation)
    group.protocolName = group.preferredProtocol()
    group.subscribed = subscribedTopics(group)
    group.move('joined')
    for (const member of group.members.values()) this.#answerJoin(group, member)
    this.#waitForSyncs(group)
  }

  #empty(group: Group): void {
    group.generation = following(group.generation)
    group.move('emptied')
    group.subscribed = null
    group.protocolName = null
    group.leader = null
    this.#log.save(group)
  }

  /** A member has asked for its assignment. */
  synced(group: Group, memberId: string): void {
    group.unsynced.delete(memberId)
    if (group.unsynced.size === 0) this.#stopWaitingForSyncs(group)
  }

  /** Who joined and does not ask for its assignment within the rebalance timeout is removed, alive or not. */
  #waitForSyncs(group: Group): void {
    this.#stopWaitingForSyncs(group)
    for (const id of group.members.keys()) group.unsynced.add(id)
    group.syncTimer = this.#timers.after(group.longestRebalanceTimeout, () => {
      for (const id of [...group.unsynced]) {
        const member = group.members.get(id)
        if (member !== undefined) this.#forget(group, member)
      }
      this.prepare(group)
    })
  }

  #stopWaitingForSyncs(group: Group): void {
    group.syncTimer?.cancel()
    group.syncTimer = null
    group.unsynced.clear()
  }

  /** The coordinator has moved elsewhere: whoever waits is told to look for it. */
  abandon(group: Group): void {
    group.joinTimer?.cancel()
    this.#stopWaitingForSyncs(group)
    for (const timer of group.pending.values()) timer.cancel()
    for (const member of group.members.values()) {
      this.sessions.stop(member)
      member.joining?.(refusedJoin(errorCode.NOT_COORDINATOR, member.id))
      member.syncing?.(refusedSync(errorCode.NOT_COORDINATOR))
      member.joining = null
      member.syncing = null
    }
  }

  #answerJoin(group: Group, member: Member): void {
    const answer = member.joining
    member.joining = null
    if (answer === null) return
    this.sessions.renew(group, member)
    answer(joinedAnswer(group, member))
  }

  #failSyncs(group: Group): void {
    for (const member of group.members.values()) {
      const answer = member.syncing
      member.assignment = Buffer.alloc(0)
      member.syncing = null
      if (answer === null) continue
      this.sessions.renew(group, member)
      answer(refusedSync(errorCode.REBALANCE_IN_PROGRESS))
    }
  }

  #forget(group: Group, member: Member): void {
    this.sessions.stop(member)
    group.members.delete(member.id)
    this.synced(group, member.id)
    if (group.leader === member.id) group.leader = null
    member.joining?.(refusedJoin(errorCode.UNKNOWN_MEMBER_ID, ''))
    member.syncing?.(refusedSync(errorCode.UNKNOWN_MEMBER_ID))
    member.joining = null
    member.syncing = null
  }
}

/** After the highest number come the negative ones, as in Java. */
function following(generation: number): number {
  return (generation + 1) | 0
}

/** The leader stays as long as it joins. False when nobody has joined at all. */
function electLeader(group: Group): boolean {
  if (group.leader !== null && group.members.get(group.leader)?.joining != null) return true
  const joined = [...group.members.values()].find(({ joining }) => joining !== null)
  if (joined === undefined) return false
  group.leader = joined.id
  return true
}

/** What a member learns of the generation it has joined; the leader also who else is in it. */
export function joinedAnswer(group: Group, member: Member): Joined {
  const isLeader = group.leader === member.id
  return {
    errorCode: errorCode.NONE,
    generationId: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leader ?? '',
    skipAssignment: false,
    memberId: member.id,
    members: isLeader ? membersOf(group) : [],
  }
}

export function membersOf(group: Group): Joined['members'] {
  return [...group.members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    metadata: member.metadataOf(group.protocolName),
  }))
}

/** A rebalance from its cause to the next generation. */
import type { Timer } from '../../clock.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Timers } from '../timers.ts'
import { refusedJoin, refusedSync } from './answers.ts'
import type { Group } from './group.ts'
import type { Joined, Member } from './member.ts'
import { Sessions } from './sessions.ts'

export class Rebalance {
  readonly sessions: Sessions
  readonly #timers: Timers
  readonly #initialDelay: number

  constructor(timers: Timers, initialDelay: number) {
    this.#timers = timers
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
    group.isGathering = group.state === 'Empty' && this.#initialDelay > 0
    group.move('rebalance')
    this.#waitForJoins(group, group.isGathering ? this.#initialDelay : group.longestRebalanceTimeout)
    this.completeIfAllJoined(group)
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
    group.joinTimer = this.#timers.after(milliseconds, () => {
      group.isGathering = false
      this.#complete(group)
    })
  }

  /** All have joined, or those who have not are left behind. Static members keep their place until their session ends. */
  #complete(group: Group): void {
    group.joinTimer?.cancel()
    for (const member of [...group.members.values()]) {
      if (member.joining === null && member.instanceId === null) this.#forget(group, member)
    }
    if (group.members.size === 0) {
      group.generation++
      group.move('emptied')
      group.protocolName = null
      group.leader = null
      return
    }
    if (!electLeader(group)) {
      this.#waitForJoins(group, group.longestRebalanceTimeout)
      return
    }
    group.generation++
    group.protocolName = group.preferredProtocol()
    group.move('joined')
    for (const member of group.members.values()) this.#answerJoin(group, member)
  }

  #answerJoin(group: Group, member: Member): void {
    const answer = member.joining
    member.joining = null
    member.assignment = Buffer.alloc(0)
    if (answer === null) return
    this.sessions.renew(group, member)
    answer(joinedAnswer(group, member))
  }

  #failSyncs(group: Group): void {
    for (const member of group.members.values()) {
      const answer = member.syncing
      member.syncing = null
      if (answer === null) continue
      this.sessions.renew(group, member)
      answer(refusedSync(errorCode.REBALANCE_IN_PROGRESS))
    }
  }

  #forget(group: Group, member: Member): void {
    this.sessions.stop(member)
    group.members.delete(member.id)
    if (group.leader === member.id) group.leader = null
    member.joining?.(refusedJoin(errorCode.UNKNOWN_MEMBER_ID, member.id))
    member.syncing?.(refusedSync(errorCode.UNKNOWN_MEMBER_ID))
    member.joining = null
    member.syncing = null
  }
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

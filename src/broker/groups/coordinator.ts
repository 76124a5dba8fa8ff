/**
 * The groups of the classic protocol. Requests in a member's name are checked here; joining and rebalancing are in the
 * files beside.
 */
import type { Clock } from '../../clock.ts'
import { errorCode } from '../../wire/errors.ts'
import type { InternalTopics } from '../internal-topics.ts'
import { attempt } from '../storage/attempt.ts'
import type { Timers } from '../timers.ts'
import { refusedJoin, refusedSync } from './answers.ts'
import type { Group } from './group.ts'
import { Groups } from './groups.ts'
import { join } from './join.ts'
import { readGroups } from './load.ts'
import { GroupLog } from './log.ts'
import type { Joined, JoinRequest, Synced } from './member.ts'
import { GroupPositions } from './positions.ts'
import { Rebalance } from './rebalance.ts'
import type { GroupState } from './states.ts'

const longestSession = 1_800_000

export interface MemberIdentity {
  readonly groupId: string
  readonly memberId: string
  readonly instanceId: string | null
  readonly generationId: number
}

export interface SyncRequest extends MemberIdentity {
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[]
}

/** The error of a heartbeat, when its sender is who it says. */
const onHeartbeat: Readonly<Record<GroupState, number>> = {
  Empty: errorCode.UNKNOWN_MEMBER_ID,
  PreparingRebalance: errorCode.REBALANCE_IN_PROGRESS,
  CompletingRebalance: errorCode.NONE,
  Stable: errorCode.NONE,
  Dead: errorCode.COORDINATOR_NOT_AVAILABLE,
}

/** The error of a sync, when its sender is who it says. */
const onSync: Readonly<Record<GroupState, number>> = {
  Empty: errorCode.UNKNOWN_MEMBER_ID,
  PreparingRebalance: errorCode.REBALANCE_IN_PROGRESS,
  CompletingRebalance: errorCode.NONE,
  Stable: errorCode.NONE,
  Dead: errorCode.COORDINATOR_NOT_AVAILABLE,
}

/** Times are milliseconds. */
export interface GroupSettings {
  readonly clock: Clock
  readonly groupInitialRebalanceDelay: number
  readonly groupMinimumSessionTimeout: number
  readonly groupMaximumSize: number
  readonly offsetsRetention: number
  readonly offsetsRetentionCheckInterval: number
}

export class GroupCoordinator {
  readonly positions: GroupPositions
  readonly #groups: Groups
  readonly #log: GroupLog
  readonly #rebalance: Rebalance
  readonly #settings: GroupSettings
  readonly #newId: () => string

  /** `newId` makes the part of a member's id that nobody else has. */
  constructor(timers: Timers, settings: GroupSettings, topics: InternalTopics, newId: () => string) {
    const { clock, offsetsRetention, offsetsRetentionCheckInterval } = settings
    this.#groups = new Groups(clock)
    this.#log = new GroupLog(topics, clock)
    this.positions = new GroupPositions(this.#groups, this.#log)
    this.#rebalance = new Rebalance(timers, this.#log, settings.groupInitialRebalanceDelay)
    this.#settings = settings
    this.#newId = newId
    timers.every(offsetsRetentionCheckInterval, () => {
      // What could not be written is tried again at the next check.
      attempt(() => this.positions.expire(clock.now(), offsetsRetention))
    })
  }

  get(groupId: string): Group | undefined {
    return this.#groups.get(groupId)
  }

  all(): Group[] {
    return this.#groups.all()
  }

  /** Becomes the coordinator of a partition's groups, as they are written. Sessions begin anew. */
  load(partitionIndex: number): void {
    this.unload(partitionIndex)
    for (const group of readGroups(this.#log.read(partitionIndex), this.#settings.clock).values()) {
      this.#groups.put(group)
      for (const member of group.members.values()) this.#rebalance.sessions.renew(group, member)
      if (group.members.size > this.#settings.groupMaximumSize) this.#rebalance.prepare(group)
    }
  }

  /** Forgets a partition's groups: another node coordinates them from now on. */
  unload(partitionIndex: number): void {
    for (const group of this.#groups.within(partitionIndex)) {
      this.#rebalance.abandon(group)
      this.#groups.delete(group.id)
    }
  }

  join(request: JoinRequest): Promise<Joined> {
    const { groupId, memberId, sessionTimeout } = request
    return new Promise((resolve) => {
      if (groupId === '') resolve(refusedJoin(errorCode.INVALID_GROUP_ID, memberId))
      else if (sessionTimeout < this.#settings.groupMinimumSessionTimeout || sessionTimeout > longestSession) {
        resolve(refusedJoin(errorCode.INVALID_SESSION_TIMEOUT, memberId))
      } else if (memberId !== '' && !this.#groups.has(groupId)) {
        resolve(refusedJoin(errorCode.UNKNOWN_MEMBER_ID, memberId))
      } else {
        this.#join(request, resolve)
      }
    })
  }

  #join(request: JoinRequest, answer: (joined: Joined) => void): void {
    const isNew = !this.#groups.has(request.groupId)
    const group = this.#groups.obtain(request.groupId)
    if (isNew) this.#log.save(group)
    const newId = `${request.instanceId ?? request.clientId}-${this.#newId()}`
    const { groupMaximumSize: maximumSize } = this.#settings
    join(group, request, { rebalance: this.#rebalance, log: this.#log, maximumSize, newId }, answer)
  }

  sync(request: SyncRequest): Promise<Synced> {
    return new Promise((resolve) => {
      const group = this.#groups.get(request.groupId)
      const code = this.#problem(group, request) || protocolProblem(group!, request) || onSync[group!.state]
      if (code !== errorCode.NONE) {
        resolve(refusedSync(code))
        return
      }
      const member = group!.members.get(request.memberId)!
      member.syncing = resolve
      this.#rebalance.synced(group!, member.id)
      this.#rebalance.sessions.stop(member)
      if (group!.state === 'CompletingRebalance' && group!.leader === member.id) this.#assign(group!, request)
      if (group!.state === 'Stable') this.#answerSyncs(group!)
    })
  }

  heartbeat(identity: MemberIdentity): number {
    const group = this.#groups.get(identity.groupId)
    const code = this.#problem(group, identity)
    if (code !== errorCode.NONE) return code
    this.#rebalance.sessions.renew(group!, group!.members.get(identity.memberId)!)
    return onHeartbeat[group!.state]
  }

  leave(groupId: string, memberId: string, instanceId: string | null): number {
    const group = this.#groups.get(groupId)
    if (group === undefined) return errorCode.UNKNOWN_MEMBER_ID
    if (this.#rebalance.unexpect(group, memberId)) return errorCode.NONE
    // A static member may be removed by its name alone, by an administrator.
    const byName = memberId === '' ? group.staticMember(instanceId) : undefined
    const code = byName === undefined ? group.identityProblem(memberId, instanceId) : errorCode.NONE
    if (code !== errorCode.NONE) return code
    this.#rebalance.remove(group, byName ?? group.members.get(memberId)!)
    return errorCode.NONE
  }

  delete(groupId: string): number {
    const group = this.#groups.get(groupId)
    if (group === undefined) return errorCode.GROUP_ID_NOT_FOUND
    if (group.state !== 'Empty') return errorCode.NON_EMPTY_GROUP
    return attempt(() => this.positions.remove(group)) === errorCode.NONE ? errorCode.NONE : errorCode.NOT_COORDINATOR
  }

  /** Removes a member as if its session had ended. False when there is none of that id. */
  evict(groupId: string, memberId: string): boolean {
    const group = this.#groups.get(groupId)
    const member = group?.members.get(memberId)
    if (group === undefined || member === undefined) return false
    this.#rebalance.remove(group, member)
    return true
  }

  /**
   * Whether positions may be committed in that name. It is checked who commits, not who was assigned the partition.
   * In a transaction, clients older than KIP-447 give no name, and none is asked of them.
   */
  commitProblem(identity: MemberIdentity, inTransaction: boolean): number {
    const { groupId, memberId, instanceId, generationId } = identity
    const group = this.#groups.get(groupId)
    if (group === undefined) return generationId < 0 ? errorCode.NONE : errorCode.ILLEGAL_GENERATION
    if (generationId < 0 && group.state === 'Empty') return errorCode.NONE
    if (generationId < 0 && memberId === '' && instanceId === null) {
      return inTransaction ? errorCode.NONE : errorCode.UNKNOWN_MEMBER_ID
    }
    const code = this.#problem(group, identity)
    if (code !== errorCode.NONE) return code
    if (inTransaction) return errorCode.NONE
    if (group.state === 'CompletingRebalance') return errorCode.REBALANCE_IN_PROGRESS
    this.#rebalance.sessions.renew(group, group.members.get(memberId)!)
    return errorCode.NONE
  }

  #problem(group: Group | undefined, { memberId, instanceId, generationId }: MemberIdentity): number {
    if (group === undefined) return errorCode.UNKNOWN_MEMBER_ID
    const code = group.identityProblem(memberId, instanceId)
    if (code !== errorCode.NONE) return code
    return generationId === group.generation ? errorCode.NONE : errorCode.ILLEGAL_GENERATION
  }

  /** The leader has spoken. Members it did not mention have nothing. */
  #assign(group: Group, { assignments }: SyncRequest): void {
    const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]))
    // Copies: the request's bytes are views of a frame that would be kept alive.
    for (const member of group.members.values()) {
      member.assignment = Buffer.from(byMember.get(member.id) ?? Buffer.alloc(0))
    }
    group.move('assigned')
    this.#log.save(group)
  }

  #answerSyncs(group: Group): void {
    const { protocolType, protocolName } = group
    for (const member of group.members.values()) {
      const answer = member.syncing
      if (answer === null) continue
      member.syncing = null
      this.#rebalance.sessions.renew(group, member)
      answer({ errorCode: errorCode.NONE, protocolType, protocolName, assignment: member.assignment })
    }
  }
}

function protocolProblem(group: Group, { protocolType, protocolName }: SyncRequest): number {
  const differs =
    (protocolType !== null && protocolType !== group.protocolType) ||
    (protocolName !== null && protocolName !== group.protocolName)
  return differs ? errorCode.INCONSISTENT_GROUP_PROTOCOL : errorCode.NONE
}

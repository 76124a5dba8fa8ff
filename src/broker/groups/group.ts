/** A group of the classic protocol: its members, generation and positions. What changes it is in the files beside. */
import type { Clock, Timer } from '../../clock.ts'
import { errorCode } from '../../wire/errors.ts'
import type { JoinRequest, Member } from './member.ts'
import { GroupOffsets } from './offsets.ts'
import { type GroupEvent, type GroupState, groupStates } from './states.ts'

export class Group {
  readonly id: string
  readonly #clock: Clock
  state: GroupState = 'Empty'
  /** When it came into its state; -1 when nothing has happened to it but positions. */
  stateSince = -1
  generation = 0
  protocolType: string | null = null
  protocolName: string | null = null
  leader: string | null = null
  /** What the members of the present generation read; null where that cannot be told. It holds until the next one. */
  subscribed: ReadonlySet<string> | null = null
  readonly members: Map<string, Member> = new Map()
  /** Ids given out to members that have not come back with them yet. */
  readonly pending: Map<string, Timer> = new Map()
  readonly offsets: GroupOffsets = new GroupOffsets()
  /** Ends a rebalance in which somebody is missing. */
  joinTimer: Timer | null = null
  /** Members of the generation that have not asked for their assignment yet. */
  readonly unsynced: Set<string> = new Set()
  /** Ends the wait for them. */
  syncTimer: Timer | null = null
  /** Whether the first members of a new generation are still waited for, whoever has come. */
  isGathering = false

  constructor(id: string, clock: Clock) {
    this.id = id
    this.#clock = clock
  }

  /** @throws Error when the event cannot happen in this state, which is a mistake of the broker */
  move(event: GroupEvent): void {
    const next = groupStates[this.state][event]
    if (next === null) throw new Error(`group ${this.id}: ${event} while ${this.state}`)
    this.state = next
    this.stateSince = this.#clock.now()
  }

  staticMember(instanceId: string | null): Member | undefined {
    if (instanceId === null) return undefined
    for (const member of this.members.values()) if (member.instanceId === instanceId) return member
    return undefined
  }

  /** The error for a request in a member's name; NONE when it is who it says. */
  identityProblem(memberId: string, instanceId: string | null): number {
    if (instanceId !== null) {
      const known = this.staticMember(instanceId)
      if (known === undefined) return errorCode.UNKNOWN_MEMBER_ID
      return known.id === memberId ? errorCode.NONE : errorCode.FENCED_INSTANCE_ID
    }
    return this.members.has(memberId) ? errorCode.NONE : errorCode.UNKNOWN_MEMBER_ID
  }

  /** Whether everybody has a protocol in common with the one who wants to join. */
  supports({ protocolType, protocols }: JoinRequest): boolean {
    if (this.members.size === 0) return protocolType !== '' && protocols.length > 0
    const common = this.commonProtocols()
    return protocolType === this.protocolType && protocols.some(({ name }) => common.has(name))
  }

  /** Names of the protocols that every member knows. */
  commonProtocols(): Set<string> {
    const members = [...this.members.values()]
    const names = (members[0]?.protocols ?? []).map(({ name }) => name)
    return new Set(names.filter((name) => members.every(({ protocols }) => protocols.some((p) => p.name === name))))
  }

  /** The protocol most members prefer among those all know. */
  preferredProtocol(): string | null {
    const common = this.commonProtocols()
    const votes = new Map<string, number>()
    for (const { protocols } of this.members.values()) {
      const vote = protocols.find(({ name }) => common.has(name))
      if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1)
    }
    let preferred: string | null = null
    for (const [name, count] of votes) {
      if (preferred === null || count > votes.get(preferred)!) preferred = name
    }
    return preferred
  }

  /** How many wait for their JoinGroup to be answered. */
  get joining(): number {
    return [...this.members.values()].filter(({ joining }) => joining !== null).length
  }

  get longestRebalanceTimeout(): number {
    return Math.max(0, ...[...this.members.values()].map(({ rebalanceTimeout }) => rebalanceTimeout))
  }
}

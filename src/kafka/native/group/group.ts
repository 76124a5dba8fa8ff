/** Membership in a consumer group: classic protocol, cooperative, static members (KIP-345, KIP-429). */
import { sleep, toMilliseconds } from '../../../clock.ts'
import type { JoinGroup } from '../../../wire/apis/11-join-group.ts'
import type { Response } from '../../../wire/schema.ts'
import { closed, isRepeatable } from '../../faults.ts'
import type { Assignment, GroupMemberOptions, Membership } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster, Purpose } from '../cluster/cluster.ts'
import { Coordinator } from '../cluster/coordinators.ts'
import { backoff } from '../retry.ts'
import { decodeMember, decodeShare, encodeClaim, encodeShare } from './group-protocol.ts'
import { heartbeat, type JoinTerms, join, leave, type Seat, sync } from './group-requests.ts'
import { Heartbeats } from './heartbeats.ts'

const defaultSessionMilliseconds = 10_000
const defaultRebalanceMilliseconds = 60_000
const heartbeatMilliseconds = 1_000
const beginAnewReasons: ReadonlySet<string> = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])

/**
 * A member goes round: claim, join, (lead,) sync, hear its assignment; then it waits until the coordinator calls again.
 * Heartbeats go on all the time but while a join or sync waits on the same connection: the coordinator counts those
 * as signs of life.
 */
export class NativeMembership implements Membership {
  readonly group: string
  readonly #cluster: Cluster
  readonly #options: GroupMemberOptions
  readonly #seat: Seat
  readonly #terms: JoinTerms
  readonly #heartbeats: Heartbeats
  /** What the coordinator knows us by; empty before the first join and after it has forgotten us. */
  #joinedAs = ''
  #memberId = ''
  #generation = -1
  /** Nothing may be claimed: no membership has lasted since the last one was lost. */
  #isFresh = true
  #isCalled = false
  #loss: KafkaError | null = null
  #wake: (() => void) | null = null
  #hasEnded = false
  #failures = 0

  constructor(cluster: Cluster, group: string, options: GroupMemberOptions) {
    const session = toMilliseconds(options.sessionTimeout ?? { milliseconds: defaultSessionMilliseconds })
    const rebalance = toMilliseconds(options.rebalanceTimeout ?? { milliseconds: defaultRebalanceMilliseconds })
    const purpose: Purpose = `group-${cluster.nextPurpose()}`
    const coordinator = new Coordinator(cluster, 'group', group)
    this.group = group
    this.#cluster = cluster
    this.#options = options
    this.#seat = { coordinator, group, instanceId: options.instanceId ?? null, purpose }
    this.#terms = {
      sessionTimeoutMilliseconds: session,
      rebalanceTimeoutMilliseconds: rebalance,
      protocolName: options.protocolName,
      timeout: rebalance + cluster.config.requestTimeout,
    }
    this.#heartbeats = new Heartbeats({
      clock: cluster.clock,
      intervalMilliseconds: Math.min(heartbeatMilliseconds, session / 3),
      beat: () => heartbeat(this.#seat, this.#memberId, this.#generation),
      rebalance: () => this.rejoin(),
      lost: (error) => this.#lose(error),
    })
  }

  get memberId(): string {
    return this.#memberId
  }

  get generation(): number {
    return this.#generation
  }

  get instanceId(): string | null {
    return this.#seat.instanceId
  }

  /** Resolves when the first assignment has been handled; the membership lives on by itself. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      void this.#live(resolve, reject)
    })
  }

  rejoin(): void {
    this.#isCalled = true
    this.#wake?.()
  }

  confirm(): Promise<void> {
    if (this.#hasEnded) return Promise.reject(this.#loss ?? closed('Heartbeat'))
    // Lost, and nobody told yet: no beat is sent before what the round waits for is done, and that may wait for this.
    if (this.#loss !== null) return Promise.reject(this.#loss)
    return this.#heartbeats.confirm()
  }

  async leave({ keepPlace = false }: { readonly keepPlace?: boolean } = {}): Promise<void> {
    if (this.#hasEnded) return
    this.#end(closed('Heartbeat'))
    // A static member is known by its instance name even before its first join was answered.
    if (keepPlace || (this.#joinedAs === '' && this.#seat.instanceId === null)) return
    // The coordinator removes a member that says nothing as well, only later.
    await this.#cluster.repeat(() => leave(this.#seat, this.#joinedAs)).catch(() => undefined)
  }

  async #live(started: () => void, failed: (error: unknown) => void): Promise<void> {
    const patience = this.#cluster.patience()
    let hasStarted = false
    while (!this.#hasEnded) {
      try {
        const assignment = await this.#round()
        this.#failures = 0
        const verdict = await this.#options.assigned(assignment)
        if (!hasStarted && this.#loss === null) started()
        hasStarted = true
        if (verdict === 'stay') await this.#called()
        if (this.#loss !== null) throw this.#loss
      } catch (error) {
        if (this.#hasEnded) break
        if (!hasStarted && patience.isOver && !isOfTheGroup(error)) this.#end(error as KafkaError)
        else await this.#recover(error)
        if (this.#hasEnded && !hasStarted) failed(error)
      }
    }
    failed(closed('JoinGroup'))
  }

  async #round(): Promise<Assignment> {
    this.#isCalled = false
    const { owned, userData } = this.#options.claim()
    const metadata = encodeClaim({
      topics: this.#options.topics,
      owned: this.#isFresh ? [] : owned,
      userData,
      generation: this.#isFresh ? -1 : this.#generation,
    })
    this.#heartbeats.stop()
    const joined = await join(this.#seat, this.#joinedAs, metadata, this.#terms)
    this.#joinedAs = joined.memberId
    this.#memberId = joined.memberId
    this.#generation = joined.generationId
    const assignments = await this.#lead(joined)
    this.#heartbeats.stop()
    const share = await sync(this.#seat, joined, assignments, this.#terms)
    this.#isFresh = false
    this.#heartbeats.start()
    return decodeShare(joined.generationId, share)
  }

  /** The leader gives every member its share. It may take its time, so it beats meanwhile. */
  async #lead(joined: Response<typeof JoinGroup>) {
    if (joined.leader !== joined.memberId || joined.skipAssignment) return []
    this.#heartbeats.start()
    const shares = await this.#options.assign(joined.members.map(decodeMember))
    return [...shares].map(([memberId, share]) => ({ memberId, assignment: encodeShare(share) }))
  }

  /** Resolves when there is a reason to go round again. */
  async #called(): Promise<void> {
    while (!this.#isCalled && this.#loss === null && !this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#wake = null
  }

  #lose(error: KafkaError): void {
    this.#loss = error
    this.#heartbeats.stop()
    // At once: what the round waits for may itself wait for this.
    this.#heartbeats.reject(error)
    this.#wake?.()
  }

  /** After a round that failed: again, anew, or never. */
  async #recover(thrown: unknown): Promise<void> {
    const error = thrown instanceof KafkaError ? thrown : callbackFailed(thrown)
    this.#loss = null
    if (error.reason === 'REBALANCE_IN_PROGRESS') return
    if (isRepeatable(error)) return this.#rest()
    const beginsAnew = beginAnewReasons.has(error.reason)
    if (!beginsAnew) this.#end(error)
    this.#heartbeats.stop()
    this.#heartbeats.reject(error)
    const wasMember = !this.#isFresh
    this.#isFresh = true
    if (error.reason === 'UNKNOWN_MEMBER_ID') this.#joinedAs = ''
    if (wasMember && error.reason !== 'CLOSED') this.#options.lost(error)
  }

  async #rest(): Promise<void> {
    // The coordinator may still count on us: it hears of us while we try.
    if (!this.#isFresh) this.#heartbeats.start()
    await sleep(this.#cluster.clock, backoff(this.#cluster.config.retry, this.#failures++, this.#cluster.random))
  }

  #end(error: KafkaError): void {
    this.#hasEnded = true
    this.#loss = error
    this.#heartbeats.stop()
    this.#heartbeats.reject(error)
    this.#cluster.release(this.#seat.purpose)
    this.#wake?.()
  }
}

/** A coordinator that answers is there: the group is busy with others, and that ends. */
function isOfTheGroup(error: unknown): boolean {
  const reason = error instanceof KafkaError ? error.reason : ''
  return reason === 'REBALANCE_IN_PROGRESS' || beginAnewReasons.has(reason)
}

/** A member whose own code fails can't go on; the group goes on without it. */
function callbackFailed(thrown: unknown): KafkaError {
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return new KafkaError('fatal', 'CALLBACK', 'JoinGroup', `A member's own code failed: ${why}`, { cause: thrown })
}

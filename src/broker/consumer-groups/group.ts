/** A group of the newer protocol (KIP-848): its members, its epochs, and what each member is to have. */
import { assignors, type Candidate, defaultAssignor } from './assignors.ts'
import type { ConsumerMember } from './member.ts'
import { noPlaces, type Places } from './places.ts'
import { type Reconciliation, reconcile } from './reconcile.ts'
import { type KnownTopics, topicsOf } from './subscriptions.ts'

export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

export class ConsumerGroup {
  readonly id: string
  /** Rises with every change of who reads what. */
  epoch = 0
  /** The epoch for which the target was worked out. */
  assignmentEpoch = 0
  readonly members: Map<string, ConsumerMember> = new Map()
  #target: ReadonlyMap<string, Places> = new Map()
  /** Topics read and their partitions, as they were when the group was last looked at. */
  #seen = ''

  constructor(id: string) {
    this.id = id
  }

  get state(): ConsumerGroupState {
    if (this.members.size === 0) return 'Empty'
    if (this.epoch > this.assignmentEpoch) return 'Assigning'
    const isSettled = (member: ConsumerMember): boolean =>
      member.state === 'stable' && member.epoch === this.assignmentEpoch
    return [...this.members.values()].every(isSettled) ? 'Stable' : 'Reconciling'
  }

  /** The assignor that most members prefer. */
  get assignor(): string {
    const votes = new Map<string, number>()
    for (const { assignor } of this.members.values()) {
      if (assignor !== null) votes.set(assignor, (votes.get(assignor) ?? 0) + 1)
    }
    const [most] = [...votes].toSorted((one, other) => other[1] - one[1])
    return most?.[0] ?? defaultAssignor
  }

  targetOf(memberId: string): Places {
    return this.#target.get(memberId) ?? noPlaces
  }

  staticMember(instanceId: string | null): ConsumerMember | undefined {
    if (instanceId === null) return undefined
    return [...this.members.values()].find((member) => member.instanceId === instanceId)
  }

  put(member: ConsumerMember): void {
    this.members.set(member.id, member)
  }

  /** Its partitions are free, and the others are to have them. */
  remove(member: ConsumerMember): void {
    this.members.delete(member.id)
    this.epoch++
  }

  /** A static member came back under another id: all that was its former self's is its own. */
  replace(former: ConsumerMember, id: string): ConsumerMember {
    const member = { ...former, id, epoch: former.previousEpoch, previousEpoch: former.previousEpoch }
    this.members.delete(former.id)
    this.put(member)
    this.#target = new Map([...this.#target].map(([each, places]) => [each === former.id ? id : each, places]))
    return member
  }

  /** Works out who is to have what if that has changed; `isChanged`: a member reads other topics than before. */
  assign(isChanged: boolean, topics: KnownTopics): void {
    const candidates = [...this.members.values()].map((member) => this.#candidate(member, topics))
    const counts = new Map<string, number>()
    for (const { topicIds } of candidates) for (const [id, count] of topicIds) counts.set(id, count)
    const seen = JSON.stringify([...counts].sort())
    if (isChanged || seen !== this.#seen) this.epoch++
    this.#seen = seen
    if (this.epoch === this.assignmentEpoch) return
    const plain: Candidate[] = candidates.map((each) => ({ ...each, topicIds: new Set(each.topicIds.keys()) }))
    this.#target = assignors.get(this.assignor)!(plain, counts)
    this.assignmentEpoch = this.epoch
  }

  /** Lets a member go as far as it can towards what it is to have. */
  reconcile(member: ConsumerMember, owned: Places | null): ConsumerMember {
    const others = [...this.members.values()].filter(({ id }) => id !== member.id)
    const to: Reconciliation = {
      target: this.targetOf(member.id),
      targetEpoch: this.assignmentEpoch,
      owned,
      isFree: (place) => !others.some(({ assigned, revoking }) => assigned.has(place) || revoking.has(place)),
    }
    const reconciled = reconcile(member, to)
    this.put(reconciled)
    return reconciled
  }

  #candidate(member: ConsumerMember, topics: KnownTopics) {
    const { id, instanceId } = member
    const topicIds = new Map(topicsOf(member, topics).map((topic) => [topic.id, topic.partitions.length]))
    return { id, instanceId, topicIds, before: this.targetOf(id) }
  }
}

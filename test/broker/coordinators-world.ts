/** Groups and transactions driven by whole steps, and what the broker says of them: for tests of what it remembers. */
import { Broker } from '../../src/broker/broker.ts'
import type { Joined } from '../../src/broker/groups/member.ts'
import { handlers } from '../../src/broker/handlers/index.ts'
import { internalPartitions, offsetsPartition } from '../../src/broker/internal-topics.ts'
import { type BrokerOptions, settingsOf } from '../../src/broker/options.ts'
import { seededRandom } from '../../src/random.ts'
import {
  DescribeGroups,
  DescribeTransactions,
  ListGroups,
  ListTransactions,
  OffsetFetch,
} from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import type { Api, Request, ResponseInput } from '../../src/wire/schema.ts'
import { HandClock } from './hand-clock.ts'

export type Step =
  | { readonly do: 'join'; readonly group: string; readonly instance: string | null }
  | { readonly do: 'leave'; readonly group: string; readonly which: number }
  | { readonly do: 'commit'; readonly group: string; readonly partition: number; readonly offset: number }
  | {
      readonly do: 'stage'
      readonly group: string
      readonly id: string
      readonly partition: number
      readonly offset: number
    }
  | { readonly do: 'delete'; readonly group: string }
  | { readonly do: 'forget'; readonly group: string; readonly partition: number }
  | { readonly do: 'init'; readonly id: string }
  | { readonly do: 'add'; readonly id: string; readonly partition: number }
  | { readonly do: 'end'; readonly id: string; readonly ending: 'commit' | 'abort'; readonly raises: boolean }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'compact' }

interface Member extends Joined {
  readonly instanceId: string | null
}

export class World {
  readonly clock: HandClock
  readonly broker: Broker
  readonly #members: Map<string, Member[]> = new Map()
  readonly #producers: Map<string, { producerId: number; producerEpoch: number }> = new Map()

  constructor(options: BrokerOptions = {}, clock: HandClock = new HandClock()) {
    this.clock = clock
    const markerDelay = { minimum: 2, maximum: 9 }
    this.broker = new Broker(settingsOf({ clock: this.clock, random: seededRandom(3), markerDelay, ...options }))
    if (this.broker.topics.get('t') === undefined) this.broker.topics.create('t', 3)
  }

  async take(step: Step): Promise<void> {
    const { groups } = this.broker
    switch (step.do) {
      case 'join':
        return await this.#join(step.group, step.instance)
      case 'leave':
        return await this.#leave(step.group, step.which)
      case 'commit': {
        const [member] = this.#members.get(step.group) ?? []
        const who = { groupId: step.group, memberId: member?.memberId ?? '', instanceId: member?.instanceId ?? null }
        if (groups.commitProblem({ ...who, generationId: member?.generationId ?? -1 }, false) !== 0) return
        groups.positions.commit(step.group, [commitOf(step)])
        return
      }
      case 'stage': {
        const producer = this.#producers.get(step.id)
        if (producer === undefined) return
        if (this.broker.transactions.add(step.id, producer, [offsetsPartition(step.group)]) !== 0) return
        groups.positions.stage(step.group, [commitOf(step)], producer)
        return
      }
      case 'delete':
        groups.delete(step.group)
        return
      case 'forget':
        groups.positions.delete(step.group, [{ topic: 't', partition: step.partition }])
        return
      case 'compact':
        for (const topic of this.broker.topics.all().filter(({ isInternal }) => isInternal)) {
          for (const log of topic.partitions) log.compact()
        }
        return
      case 'wait':
        this.clock.advance(step.milliseconds)
        return
      default:
        this.#transact(step)
    }
  }

  /** Forgets everything and reads it again from the internal topics. */
  reload(): void {
    for (let partition = 0; partition < internalPartitions; partition++) {
      this.broker.groups.load(partition)
      this.broker.transactions.load(partition)
    }
  }

  /** All that clients can ask about groups and transactions. */
  async seen(): Promise<unknown> {
    const { groups } = await this.ask(ListGroups, 5, { statesFilter: [], typesFilter: [] })
    const names = groups.map(({ groupId }) => groupId).sort()
    const partitions = [{ name: 't', partitionIndexes: [0, 1, 2] }]
    const fetch = async (topics: typeof partitions | null, requireStable: boolean): Promise<unknown> => {
      const wanted = names.map((groupId) => ({ groupId, memberId: null, memberEpoch: -1, topics }))
      const fetched = await this.ask(OffsetFetch, 8, { groupId: '', topics: [], groups: wanted, requireStable })
      // A list of all comes in any order.
      return fetched.groups?.map(({ groupId, errorCode, topics: found }) => [
        groupId,
        errorCode,
        found.flatMap(({ partitions: each }) => each.map((position) => JSON.stringify(position))).sort(),
      ])
    }
    const describing = { stateFilters: [], producerIdFilters: [], durationFilter: -1, transactionalIdPattern: null }
    const { transactionStates } = await this.ask(ListTransactions, 2, describing)
    const ids = transactionStates.map(({ transactionalId }) => transactionalId).sort()
    return {
      groups: await this.ask(DescribeGroups, 6, { groups: names, includeAuthorizedOperations: false }),
      positions: [await fetch(partitions, true), await fetch(partitions, false), await fetch(null, false)],
      transactions: await this.ask(DescribeTransactions, 0, { transactionalIds: ids }),
    }
  }

  async ask<A extends Api>(api: A, version: number, body: Request<A>): Promise<ResponseInput<A>> {
    const caller = { node: 1, clientId: 'c', host: 'h', version, signal: new AbortController().signal }
    const answer = await handlers.get(api.key)!.execute(body, this.broker, caller as never)
    return answer as unknown as ResponseInput<A>
  }

  /** A static member that returns disturbs nobody; for any other who comes all join again, and the leader assigns. */
  async #join(groupId: string, instanceId: string | null): Promise<void> {
    const members = this.#members.get(groupId) ?? []
    const place = members.findIndex((each) => instanceId !== null && each.instanceId === instanceId)
    if (place < 0) return await this.#rebalance(groupId, [{ memberId: '', instanceId }, ...members])
    const { groups } = this.broker
    const joined = await groups.join({ ...joinOf(groupId, place), memberId: '', instanceId })
    await groups.sync({ ...joined, groupId, instanceId, assignments: [] })
    this.#members.set(groupId, members.with(place, { ...joined, instanceId }))
  }

  async #leave(groupId: string, which: number): Promise<void> {
    const members = this.#members.get(groupId) ?? []
    const leaving = members[which % Math.max(1, members.length)]
    if (leaving === undefined) return
    this.broker.groups.leave(groupId, leaving.memberId, leaving.instanceId)
    await this.#rebalance(
      groupId,
      members.filter((each) => each !== leaving),
    )
  }

  async #rebalance(groupId: string, who: readonly Pick<Member, 'memberId' | 'instanceId'>[]): Promise<void> {
    const { groups } = this.broker
    const joins = who.map(async ({ memberId, instanceId }, index) => {
      const joined = await groups.join({ ...joinOf(groupId, index), memberId, instanceId })
      return { ...joined, instanceId }
    })
    const joined = await Promise.all(joins)
    const refused = joined.find(({ errorCode }) => errorCode !== 0)
    if (refused !== undefined) throw new Error(errorName(refused.errorCode))
    const assignments = joined.map(({ memberId }, index) => ({ memberId, assignment: Buffer.from(`part ${index}`) }))
    await Promise.all(joined.map((member) => groups.sync({ ...member, groupId, assignments })))
    this.#members.set(groupId, joined)
  }

  #transact(step: Extract<Step, { readonly do: 'init' | 'add' | 'end' }>): void {
    const { transactions } = this.broker
    if (step.do === 'init') {
      const { errorCode, ...identity } = transactions.initialise(step.id, 60_000, null)
      if (errorCode === 0) this.#producers.set(step.id, identity)
      return
    }
    const producer = this.#producers.get(step.id)
    if (producer === undefined) return
    if (step.do === 'add') transactions.add(step.id, producer, [{ topic: 't', partition: step.partition }])
    else {
      const { id: transactionalId, ending, raises: raisesEpoch } = step
      const { errorCode, ...identity } = transactions.end({ ...producer, transactionalId, ending, raisesEpoch })
      if (errorCode === 0) this.#producers.set(step.id, identity)
    }
  }
}

function commitOf({ partition, offset }: { readonly partition: number; readonly offset: number }) {
  return { partition: { topic: 't', partition }, position: { offset, leaderEpoch: offset % 3, metadata: `m${offset}` } }
}

function joinOf(groupId: string, index: number) {
  return {
    groupId,
    clientId: `client-${index}`,
    clientHost: '/127.0.0.1',
    sessionTimeout: 1_800_000,
    rebalanceTimeout: 60_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from(`subscription ${index}`) }],
    needsKnownId: false,
    canSkipAssignment: false,
  }
}

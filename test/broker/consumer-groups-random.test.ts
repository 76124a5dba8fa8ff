/** Random lives of members that keep to the protocol: no partition has two owners, and in the end all is in balance. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Beaten, ConsumerGroupCoordinator } from '../../src/broker/consumer-groups/coordinator.ts'
import { type Places, sharesOf } from '../../src/broker/consumer-groups/places.ts'
import type { HeartbeatRequest } from '../../src/broker/consumer-groups/requests.ts'
import { Timers } from '../../src/broker/timers.ts'
import { HandClock } from './hand-clock.ts'

const partitions = 7
const topic = { name: 'topic', id: 'topic-id', isInternal: false, partitions: { length: partitions } }
const topics = { get: (name: string) => (name === topic.name ? topic : undefined), all: () => [topic] }
const settings = { consumerSessionTimeout: 45_000, consumerHeartbeatInterval: 5_000 }

type Act =
  | { readonly kind: 'beat' | 'leave' | 'loseAnswer' | 'takeNotice'; readonly member: number }
  | { readonly kind: 'time'; readonly milliseconds: number }

const member = fc.nat({ max: 4 })
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('beat' as const), member }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('takeNotice' as const), member }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'loseAnswer' as const), member }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('time' as const), milliseconds: fc.nat({ max: 30_000 }) }),
    },
  ),
  { maxLength: 120 },
)

type Said = 'memberEpoch' | 'rebalanceTimeoutMs' | 'subscribedTopicNames' | 'topicPartitions'

/** A member that does as it is told, in its own time. */
class Honest {
  readonly #coordinator: ConsumerGroupCoordinator
  readonly #name: string
  #lives = 0
  epoch = 0
  /** What it reads from at this moment. */
  held: Places = new Set()
  #told: Places | null = null
  /** After a lost answer it says everything, and so is told everything. */
  #saysAll = false

  constructor(coordinator: ConsumerGroupCoordinator, name: string) {
    this.#coordinator = coordinator
    this.#name = name
  }

  /** Says what it holds; takes no notice of the answer when it is lost. */
  beat(isAnswered = true): void {
    const isJoin = this.epoch === 0
    const saysAll = isJoin || this.#saysAll
    if (isJoin) this.held = new Set()
    const answer = this.#say({
      memberEpoch: this.epoch,
      rebalanceTimeoutMs: saysAll ? 60_000 : -1,
      subscribedTopicNames: saysAll ? [topic.name] : null,
      topicPartitions: sharesOf(this.held).map((share) => ({ ...share, partitions: [...share.partitions] })),
    })
    this.#saysAll = !isAnswered
    if (!isAnswered) return
    if (answer.errorCode !== 0) this.#beginAnew()
    else {
      this.epoch = answer.memberEpoch
      this.#told = answer.assignment ?? this.#told
    }
  }

  /** Gives up what it was told to, and takes on what it was given. */
  takeNotice(): void {
    if (this.#told !== null) this.held = this.#told
  }

  /** It may be known though it never heard so. */
  leave(): void {
    this.#say({ memberEpoch: -1, rebalanceTimeoutMs: -1, subscribedTopicNames: null, topicPartitions: null })
    this.#beginAnew()
  }

  /** Whether the coordinator still counts on it: others may have what it held once it does not. */
  get isMember(): boolean {
    return this.#coordinator.get('group')?.members.has(`${this.#name}-${this.#lives}`) === true
  }

  #say(said: Pick<HeartbeatRequest, Said>): Beaten {
    const memberId = `${this.#name}-${this.#lives}`
    const request = { ...said, groupId: 'group', memberId, instanceId: null, rackId: null, serverAssignor: null }
    const sender = { clientId: this.#name, clientHost: '/test' }
    return this.#coordinator.heartbeat({ ...request, subscribedTopicRegex: null }, 1, sender)
  }

  #beginAnew(): void {
    this.epoch = 0
    this.#lives++
    this.held = new Set()
    this.#told = null
  }
}

function owners(members: readonly Honest[]): string[] {
  return members.filter((each) => each.isMember).flatMap(({ held }) => [...held])
}

test('no partition has two owners, and all find one', () => {
  fc.assert(
    fc.property(acts, (life) => {
      const clock = new HandClock()
      const timers = new Timers(clock)
      const coordinator = new ConsumerGroupCoordinator(timers, settings, topics, () => 'unused')
      const members = Array.from({ length: 5 }, (_, index) => new Honest(coordinator, `member-${index}`))
      for (const act of life) {
        if (act.kind === 'time') clock.advance(act.milliseconds)
        else if (act.kind === 'beat') members[act.member]!.beat()
        else if (act.kind === 'loseAnswer') members[act.member]!.beat(false)
        else members[act.member]![act.kind]()
        const held = owners(members)
        expect(held).toHaveLength(new Set(held).size)
      }
      // Long enough for what a member left behind under another id to be given up for lost.
      for (let round = 0; round < 20; round++) {
        clock.advance(5_000)
        for (const each of members) {
          each.beat()
          each.takeNotice()
        }
        const held = owners(members)
        expect(held).toHaveLength(new Set(held).size)
      }
      expect(members.map(({ held }) => held.size).sort()).toEqual([1, 1, 1, 2, 2])
      expect(coordinator.get('group')!.state).toBe('Stable')
      expect(new Set(members.map(({ epoch }) => epoch))).toEqual(new Set([coordinator.get('group')!.epoch]))
      timers.close()
    }),
    { numRuns: 500 },
  )
})

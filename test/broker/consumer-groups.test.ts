/** Groups of the newer protocol (KIP-848): assignors, time, and what lies between the two protocols. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assignors, type Candidate } from '../../src/broker/consumer-groups/assignors.ts'
import { type ConsumerMember, newMember } from '../../src/broker/consumer-groups/member.ts'
import { noPlaces, type Places, placesOf } from '../../src/broker/consumer-groups/places.ts'
import { reconcile } from '../../src/broker/consumer-groups/reconcile.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { Members } from '../kafka/differential/consumer-groups.ts'
import { Session } from '../kafka/differential/session.ts'
import { HandClock } from './hand-clock.ts'

const topicIds = ['first', 'second', 'third']

interface Case {
  readonly counts: ReadonlyMap<string, number>
  readonly candidates: readonly Candidate[]
}

/** Topics, and members each of which reads some of them. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }),
    reads: fc.array(fc.subarray(topicIds, { minLength: 1 }), { minLength: 1, maxLength: 5 }),
  })
  .map(({ sizes, reads }) => ({
    counts: new Map(topicIds.map((id, index) => [id, sizes[index]!])),
    candidates: reads.map((ids, index) => ({
      id: `member-${index}`,
      instanceId: null,
      topicIds: new Set(ids),
      before: noPlaces,
    })),
  }))

function readable({ counts, candidates }: Case): Places {
  const read = new Set(candidates.flatMap((each) => [...each.topicIds]))
  const shares = [...counts].filter(([id]) => read.has(id))
  return placesOf(
    shares.map(([topicId, count]) => ({ topicId, partitions: Array.from({ length: count }, (_, index) => index) })),
  )
}

describe.each([...assignors])('the assignor %s', (_, assign) => {
  test('gives every partition to exactly one member that reads it', () => {
    fc.assert(
      fc.property(cases, ({ counts, candidates }) => {
        const shares = assign(candidates, counts)
        const given = [...shares.values()].flatMap((share) => [...share])
        expect(given.toSorted()).toEqual([...readable({ counts, candidates })].toSorted())
        for (const { id, topicIds: read } of candidates) {
          for (const place of shares.get(id)!) expect(read).toContain(place.split(' ')[0])
        }
      }),
    )
  })
})

describe('the assignor uniform', () => {
  const assign = assignors.get('uniform')!

  test('gives members that read the same equal numbers', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 6 }), ({ counts }, members) => {
        const candidates = Array.from({ length: members }, (_, index) => all(`member-${index}`, noPlaces))
        const sizes = [...assign(candidates, counts).values()].map(({ size }) => size)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('moves no more than it must when a member comes or goes', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 6 }), ({ counts }, members) => {
        const ids = Array.from({ length: members }, (_, index) => `member-${index}`)
        const less = assign(
          ids.slice(1).map((id) => all(id, noPlaces)),
          counts,
        )
        const more = assign(
          ids.map((id) => all(id, less.get(id) ?? noPlaces)),
          counts,
        )
        // Whoever was there only gives to the one that came.
        for (const id of ids.slice(1)) for (const place of more.get(id)!) expect(less.get(id)).toContain(place)
        const again = assign(
          ids.slice(1).map((id) => all(id, more.get(id)!)),
          counts,
        )
        for (const id of ids.slice(1)) for (const place of more.get(id)!) expect(again.get(id)).toContain(place)
      }),
    )
  })

  const all = (id: string, before: Places): Candidate => ({ id, instanceId: null, topicIds: new Set(topicIds), before })
})

test('the assignor range gives equal numbers of different topics to one member', () => {
  const candidates = ['b', 'a'].map((id) => ({ id, instanceId: null, topicIds: new Set(topicIds), before: noPlaces }))
  const shares = assignors.get('range')!(
    candidates,
    new Map([
      ['first', 3],
      ['second', 3],
    ]),
  )
  expect([...shares.get('a')!]).toEqual(['first 0', 'first 1', 'second 0', 'second 1'])
  expect([...shares.get('b')!]).toEqual(['first 2', 'second 2'])
})

describe('a member on its way', () => {
  const places = (...numbers: number[]): Places => placesOf([{ topicId: 't', partitions: numbers }])
  const free = (): boolean => true

  test('waits for what another holds, and takes what is free', () => {
    const member: ConsumerMember = { ...newMember('a', null), epoch: 1 }
    const to = { target: places(0, 1), targetEpoch: 2, owned: null }
    const first = reconcile(member, { ...to, isFree: (place) => place === 't 0' })
    expect([first.state, first.epoch, [...first.assigned]]).toEqual(['waiting', 2, ['t 0']])
    const second = reconcile(first, { ...to, isFree: free })
    expect([second.state, [...second.assigned]]).toEqual(['stable', ['t 0', 't 1']])
  })

  test('keeps its epoch until it has given up', () => {
    const member: ConsumerMember = { ...newMember('a', null), epoch: 1, assigned: places(0, 1) }
    const to = { target: places(0), targetEpoch: 3, isFree: free }
    const asked = reconcile(member, { ...to, owned: places(0, 1) })
    expect([asked.state, asked.epoch, [...asked.revoking]]).toEqual(['revoking', 1, ['t 1']])
    expect(reconcile(asked, { ...to, owned: null })).toBe(asked)
    expect(reconcile(asked, { ...to, owned: places(0, 1) })).toBe(asked)
    const done = reconcile(asked, { ...to, owned: places(0) })
    expect([done.state, done.epoch, [...done.assigned], done.revoking.size]).toEqual(['stable', 3, ['t 0'], 0])
  })
})

describe('with time', () => {
  const clock = new HandClock()
  let broker: EmbeddedBroker
  let members: Members

  beforeEach(async () => {
    broker = await startBroker({ features: { groupVersion: 1 }, clock, nodes: 1 })
    const session = new Session(broker.address, 'topic', 2)
    await session.createTopic(4)
    members = await new Members(session, 'group').open()
  })
  afterEach(async () => {
    members.session.client.close()
    await broker.close()
  })

  const epochOf = async (...words: Parameters<Members['beat']>): Promise<unknown> =>
    (members.seen(await members.beat(...words)) as unknown[]).slice(0, 2)

  test('a member that says nothing for a session is gone', async () => {
    await members.join('a')
    await members.join('b')
    clock.advance(44_999)
    expect(await epochOf('b', 2)).toEqual(['NONE', 2])
    clock.advance(1)
    expect(await epochOf('a', 1)).toEqual(['UNKNOWN_MEMBER_ID', 0])
    expect(members.seen(await members.beat('b', 2))).toEqual(['NONE', 3, [0, 1, 2, 3]])
    clock.advance(45_000)
    expect(await members.listed()).toEqual(['consumer', 'Empty', 'consumer'])
  })

  test('a member that does not give up in time is gone, though it goes on beating', async () => {
    await members.join('a', { rebalanceTimeoutMs: 10_000 })
    await members.join('b')
    expect(await epochOf('a', 1)).toEqual(['NONE', 1])
    clock.advance(9_999)
    expect(await epochOf('a', 1)).toEqual(['NONE', 1])
    expect(await epochOf('b', 2)).toEqual(['NONE', 2])
    clock.advance(1)
    expect(await epochOf('a', 1)).toEqual(['UNKNOWN_MEMBER_ID', 0])
    expect(members.seen(await members.beat('b', 2))).toEqual(['NONE', 3, [0, 1, 2, 3]])
  })

  test('a static member that went for a while keeps its place for a session', async () => {
    const instanceId = 'instance'
    await members.join('a', { instanceId })
    await members.beat('a', -2, { instanceId })
    clock.advance(45_000)
    expect(await members.listed()).toEqual(['consumer', 'Empty', 'consumer'])
  })

  test('a member can be removed as if its session had ended', async () => {
    await members.join('a')
    const shown = { groupId: 'group', state: 'Stable', generation: 1, members: ['a'] }
    expect(broker.describe().groups).toEqual([shown])
    expect([broker.evict('group', 'a'), broker.evict('group', 'a')]).toEqual([true, false])
    expect(await epochOf('a', 1)).toEqual(['UNKNOWN_MEMBER_ID', 0])
  })

  test('tells how often it wants to hear', async () => {
    expect((await members.join('a')).heartbeatIntervalMs).toBe(5_000)
  })

  test('a topic that grows, and one that comes late, are given out', async () => {
    const { client } = members.session
    await members.join('a', { subscribedTopicNames: ['topic', 'late'] })
    const topics = [{ name: 'topic', count: 5, assignments: null }]
    await client.send(apis.CreatePartitions, 3, { topics, timeoutMs: 1000, validateOnly: false })
    expect(members.seen(await members.beat('a', 1))).toEqual(['NONE', 2, [0, 1, 2, 3, 4]])
    const late = { name: 'late', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    await client.send(apis.CreateTopics, 7, { topics: [late], timeoutMs: 1000, validateOnly: false })
    expect(members.seen(await members.beat('a', 2))).toEqual(['NONE', 3, [0, 0, 1, 2, 3, 4]])
  })

  test('a group with members of the one protocol is not one of the other', async () => {
    await members.join('a')
    expect(errorName((await members.session.join('', 'group', {})).errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL')
    const removing = await members.session.client.send(apis.DeleteGroups, 2, { groupsNames: ['group'] })
    expect(removing.results.map(({ errorCode }) => errorName(errorCode))).toEqual(['NON_EMPTY_GROUP'])
    const described = await members.session.client.send(apis.DescribeGroups, 5, { groups: ['group'] })
    expect(described.groups[0]!.groupState).toBe('Dead')
    await members.beat('a', -1)
    const { memberId } = await members.session.join('', 'group', {})
    await members.session.join(memberId, 'group', {})
    expect((await members.listed()) as unknown[]).toContain('classic')
    expect(await epochOf('a', 0, { rebalanceTimeoutMs: 1, subscribedTopicNames: [], topicPartitions: [] })).toEqual([
      'GROUP_ID_NOT_FOUND',
      0,
    ])
  })
})

test('where the feature is off there are no such groups', async () => {
  const broker = await startBroker()
  const session = new Session(broker.address, 'topic', 2)
  const members = new Members(session, 'group')
  expect(errorName((await members.join('a')).errorCode)).toBe('UNSUPPORTED_VERSION')
  const { finalizedFeatures } = await session.client.send(apis.ApiVersions, 4, {
    clientSoftwareName: 'test',
    clientSoftwareVersion: '1',
  })
  expect(finalizedFeatures.map(({ name }) => name)).toEqual(['transaction.version'])
  session.client.close()
  await broker.close()
})

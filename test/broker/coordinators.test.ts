/** What coordinators know is what is written in the internal topics. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { offsetsPartition, transactionsPartition } from '../../src/broker/internal-topics.ts'
import type { PartitionLog } from '../../src/broker/log/log.ts'
import type { BrokerOptions } from '../../src/broker/options.ts'
import { StorageFault } from '../../src/broker/storage/segment-bytes.ts'
import { OffsetCommit } from '../../src/wire/apis/index.ts'
import { errorCode, errorName } from '../../src/wire/errors.ts'
import { type Step, World } from './coordinators-world.ts'

const group = fc.constantFrom('one', 'two')
const id = fc.constantFrom('x', 'y')
const partition = fc.nat(2)
const offset = fc.nat(1000)

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('join' as const), group, instance: fc.constantFrom(null, null, 'a', 'b') }),
  fc.record({ do: fc.constant('leave' as const), group, which: fc.nat(3) }),
  fc.record({ do: fc.constant('commit' as const), group, partition, offset }),
  fc.record({ do: fc.constant('stage' as const), group, id, partition, offset }),
  fc.record({ do: fc.constant('delete' as const), group }),
  fc.record({ do: fc.constant('forget' as const), group, partition }),
  fc.record({ do: fc.constant('init' as const), id }),
  fc.record({ do: fc.constant('add' as const), id, partition }),
  fc.record({
    do: fc.constant('end' as const),
    id,
    ending: fc.constantFrom('commit' as const, 'abort' as const),
    raises: fc.boolean(),
  }),
  fc.record({ do: fc.constant('wait' as const), milliseconds: fc.constant(100) }),
)

/** Lets a log refuse what it is asked to write, until the function returned is called. */
function refuseWrites<Name extends 'appendMarker' | 'appendOwn'>(
  log: PartitionLog,
  name: Name,
  refusal: () => number,
): () => void {
  Object.defineProperty(log, name, { value: refusal, configurable: true })
  return () => {
    Reflect.deleteProperty(log, name)
  }
}

async function play(steps: readonly Step[], options: BrokerOptions = {}): Promise<World> {
  const world = new World(options)
  for (const each of steps) await world.take(each)
  return world
}

test('a coordinator that reads its topic again knows all that it knew, after any history', async () => {
  let reached = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const world = await play(steps)
      const before = await world.seen()
      world.reload()
      expect(await world.seen()).toEqual(before)
      if (world.broker.transactions.all().some(({ state }) => state.startsWith('Prepare'))) reached++
    }),
    { numRuns: 150, seed: 5 },
  )
  expect(reached).toBeGreaterThan(5)
})

test('compaction of the topics loses nothing', async () => {
  const compact = fc.record({ do: fc.constant('compact' as const) })
  // Without deleted positions: a group of which only their tombstones are left is gone, here as in Kafka.
  const kept = step.filter((each) => each.do !== 'forget' && each.do !== 'delete')
  const steps = fc.array(fc.oneof({ weight: 6, arbitrary: kept }, { weight: 1, arbitrary: compact }), {
    maxLength: 60,
    size: 'max',
  })
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const world = await play([...taken, { do: 'compact' }])
      const before = await world.seen()
      world.reload()
      expect(await world.seen()).toEqual(before)
    }),
    { numRuns: 60, seed: 8 },
  )
})

test('what is no longer needed is given back', async () => {
  const world = new World()
  for (let offset = 0; offset < 12_000; offset++) {
    world.broker.groups.positions.commit('one', [
      { partition: { topic: 't', partition: 0 }, position: { offset, leaderEpoch: 0, metadata: 'm'.repeat(400) } },
    ])
  }
  const log = world.broker.internalTopics.log(offsetsPartition('one'))
  expect(log.sizeInBytes).toBeGreaterThan(5_000_000)
  world.clock.advance(60_000)
  expect(log.sizeInBytes).toBeLessThan(1_100_000)
  world.reload()
  expect(world.broker.groups.get('one')!.offsets.committed()).toMatchObject([{ offset: 11_999 }])
})

test('what was decided is carried out by the next coordinator', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
      const [one, other] = [await play(steps), await play(steps)]
      other.reload()
      for (const world of [one, other]) world.clock.advance(100)
      expect(await other.seen()).toEqual(await one.seen())
      for (const { state } of other.broker.transactions.all()) expect(state).not.toMatch(/^Prepare/)
    }),
    { numRuns: 75, seed: 6 },
  )
})

test('a broker that starts again on its directory knows all that it knew', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
      fc.boolean(),
      async (steps, crashes) => {
        const directory = mkdtempSync(join(tmpdir(), 'millrace-coordinators-'))
        const world = await play(steps, { directory })
        const before = await world.seen()
        const { producerId } = world.broker.transactions.newProducer()
        if (crashes) world.broker.crash({ loseUnsynced: false })
        else world.broker.close()
        const again = new World({ directory }, world.clock)
        expect(await again.seen()).toEqual(before)
        expect(again.broker.transactions.newProducer().producerId).toBeGreaterThan(producerId)
        again.broker.close()
        rmSync(directory, { recursive: true, force: true })
      },
    ),
    { numRuns: 8, seed: 7 },
  )
})

describe('a coordinator that moves', () => {
  const session = { sessionTimeout: 10_000 }
  const joining = (more: object = {}) => ({
    groupId: 'g',
    memberId: '',
    instanceId: null,
    clientId: 'c',
    clientHost: '/h',
    rebalanceTimeout: 60_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('m') }],
    needsKnownId: false,
    canSkipAssignment: true,
    ...session,
    ...more,
  })
  const { partition: home } = offsetsPartition('g')

  test('tells those who wait to look for it', async () => {
    const { broker } = new World({ groupInitialRebalanceDelay: { seconds: 3 } })
    const waiting = broker.groups.join(joining())
    broker.groups.unload(home)
    expect(errorName((await waiting).errorCode)).toBe('NOT_COORDINATOR')
    expect(broker.groups.get('g')).toBeUndefined()
  })

  test('begins sessions anew, and ends those of whom nobody hears', async () => {
    const { broker, clock } = new World()
    const joined = await broker.groups.join(joining())
    const member = { ...joined, groupId: 'g', instanceId: null }
    await broker.groups.sync({ ...member, assignments: [] })
    clock.advance(9_000)
    broker.groups.load(home)
    clock.advance(9_000)
    expect(errorName(broker.groups.heartbeat(member))).toBe('NONE')
    clock.advance(10_000)
    expect(errorName(broker.groups.heartbeat(member))).toBe('UNKNOWN_MEMBER_ID')
  })

  test('keeps the place of a static member that is away', async () => {
    const { broker } = new World()
    const joined = await broker.groups.join(joining({ instanceId: 'i' }))
    const assignments = [{ memberId: joined.memberId, assignment: Buffer.from('mine') }]
    await broker.groups.sync({ ...joined, groupId: 'g', instanceId: 'i', assignments })
    broker.groups.load(home)
    const again = await broker.groups.join(joining({ instanceId: 'i' }))
    expect([again.generationId, again.skipAssignment]).toEqual([joined.generationId, true])
    const synced = await broker.groups.sync({ ...again, groupId: 'g', instanceId: 'i', assignments: [] })
    expect(synced.assignment.toString()).toBe('mine')
  })

  test('fences the markers of the one before it', async () => {
    const { broker, clock } = new World()
    const { transactions } = broker
    const producer = transactions.initialise('x', 60_000, null)
    const data = { topic: 't', partition: 0 }
    transactions.add('x', producer, [data])
    const release = broker.markers.hold(data)
    transactions.end({ ...producer, transactionalId: 'x', ending: 'commit', raisesEpoch: false })
    clock.advance(100)
    const log = broker.internalTopics.log(transactionsPartition('x'))
    log.raiseLeaderEpoch()
    transactions.load(transactionsPartition('x').partition)
    clock.advance(100)
    release()
    expect(transactions.get('x')!.state).toBe('CompleteCommit')
    const [described] = broker.topics.log('t', 0)!.producers.describe()
    expect(described).toMatchObject({ coordinatorEpoch: log.leaderEpoch, currentTransactionStartOffset: -1 })
    const late = { type: 'abort', ...producer, coordinatorEpoch: log.leaderEpoch - 1, timestamp: 0 } as const
    expect(broker.writeMarker(data, late)).toBe(errorCode.TRANSACTION_COORDINATOR_FENCED)
  })

  test('writes markers and steps again that a full disk did not take', () => {
    const { broker, clock } = new World()
    const { transactions } = broker
    const producer = transactions.initialise('x', 60_000, null)
    const data = { topic: 't', partition: 0 }
    transactions.add('x', producer, [data])
    transactions.end({ ...producer, transactionalId: 'x', ending: 'abort', raisesEpoch: false })
    const restoreMarkers = refuseWrites(broker.topics.log('t', 0)!, 'appendMarker', () => errorCode.KAFKA_STORAGE_ERROR)
    clock.advance(100)
    const [partitions] = [...transactions.get('x')!.partitions.values()]
    expect([transactions.get('x')!.state, partitions]).toEqual(['PrepareAbort', data])
    restoreMarkers()
    const own = broker.internalTopics.log(transactionsPartition('x'))
    const restoreOwn = refuseWrites(own, 'appendOwn', () => {
      throw new StorageFault('full')
    })
    clock.advance(1_000)
    expect(transactions.get('x')!.state).toBe('PrepareAbort')
    restoreOwn()
    clock.advance(1_000)
    expect(transactions.get('x')!.state).toBe('CompleteAbort')
  })

  test('changes nothing that it could not write', () => {
    const { broker } = new World()
    const { transactions } = broker
    const producer = transactions.initialise('x', 60_000, null)
    const restore = refuseWrites(broker.internalTopics.log(transactionsPartition('x')), 'appendOwn', () => {
      throw new StorageFault('full')
    })
    const data = { topic: 't', partition: 0 }
    expect(transactions.add('x', producer, [data])).toBe(errorCode.NOT_COORDINATOR)
    expect(transactions.initialise('x', 60_000, null).errorCode).toBe(errorCode.NOT_COORDINATOR)
    expect(transactions.get('x')).toMatchObject({ state: 'Empty', partitions: new Map() })
    restore()
    expect(transactions.add('x', producer, [data])).toBe(errorCode.NONE)
  })

  test('gives no producer id twice', () => {
    const { broker } = new World()
    const before = broker.transactions.initialise('x', 60_000, null).producerId
    broker.transactions.load(transactionsPartition('x').partition)
    expect(broker.transactions.newProducer().producerId).toBeGreaterThan(before)
  })
})

describe('time', () => {
  const day = 86_400_000

  test('ends positions a week after the last member, and the group with them', async () => {
    const world = new World()
    await world.take({ do: 'join', group: 'one', instance: null })
    await world.take({ do: 'commit', group: 'one', partition: 0, offset: 5 })
    await world.take({ do: 'leave', group: 'one', which: 0 })
    world.clock.advance(7 * day - 1)
    expect(world.broker.groups.get('one')!.offsets.committed()).toHaveLength(1)
    world.clock.advance(600_000)
    expect(world.broker.groups.get('one')).toBeUndefined()
    world.reload()
    expect(world.broker.groups.get('one')).toBeUndefined()
  })

  test('ends positions of nobody a week after their commit, but not while a transaction is open for them', async () => {
    const world = new World({ transactionMaximumTimeout: { days: 20 } })
    await world.take({ do: 'commit', group: 'one', partition: 0, offset: 5 })
    await world.take({ do: 'commit', group: 'one', partition: 1, offset: 5 })
    const producer = world.broker.transactions.initialise('x', 20 * day, null)
    const position = { offset: 9, leaderEpoch: 0, metadata: '' }
    const staged = [{ partition: { topic: 't', partition: 1 }, position }]
    world.broker.transactions.add('x', producer, [offsetsPartition('one')])
    world.broker.groups.positions.stage('one', staged, producer)
    world.clock.advance(8 * day)
    const partitions = world.broker.groups
      .get('one')!
      .offsets.committed()
      .map((each) => each.partition)
    expect(partitions).toEqual([1])
  })

  test('ends a position when an old client has said, whatever else', async () => {
    const world = new World()
    const partitions = [{ partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: '' }]
    const topics = [{ name: 't', partitions }]
    const body = { groupId: 'one', generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null, topics }
    await world.ask(OffsetCommit, 2, { ...body, retentionTimeMs: 60_000 })
    const before = await world.seen()
    world.reload()
    expect(await world.seen()).toEqual(before)
    world.clock.advance(59_000)
    expect(world.broker.groups.get('one')!.offsets.committed()).toHaveLength(1)
    world.clock.advance(600_000)
    expect(world.broker.groups.get('one')).toBeUndefined()
  })

  test('makes transactional ids forgotten a week after their last use, not while something is open', async () => {
    const world = new World({ transactionMaximumTimeout: { days: 20 } })
    await world.take({ do: 'init', id: 'x' })
    const open = world.broker.transactions.initialise('open', 20 * day, null)
    world.broker.transactions.add('open', open, [{ topic: 't', partition: 0 }])
    world.clock.advance(7 * day - 1)
    expect(world.broker.transactions.get('x')).toBeDefined()
    world.clock.advance(3_600_001)
    expect(world.broker.transactions.all().map((each) => each.id)).toEqual(['open'])
    world.reload()
    expect(world.broker.transactions.all().map((each) => each.id)).toEqual(['open'])
  })
})

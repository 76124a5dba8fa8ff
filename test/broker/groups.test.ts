import { beforeEach, describe, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import type { GroupCoordinator } from '../../src/broker/groups/coordinator.ts'
import type { Joined, JoinRequest, Synced } from '../../src/broker/groups/member.ts'
import { type GroupEvent, groupStates } from '../../src/broker/groups/states.ts'
import { type BrokerOptions, settingsOf } from '../../src/broker/options.ts'
import { seededRandom } from '../../src/random.ts'
import { errorName } from '../../src/wire/errors.ts'
import { HandClock } from './hand-clock.ts'

const session = 10_000
let clock: HandClock
let groups: GroupCoordinator

beforeEach(() => {
  clock = new HandClock()
  groups = coordinator()
})

function coordinator(options: BrokerOptions = {}): GroupCoordinator {
  return new Broker(settingsOf({ clock, random: seededRandom(7), ...options })).groups
}

function request(overrides: Partial<JoinRequest> & { metadata?: string } = {}): JoinRequest {
  return {
    groupId: 'g',
    memberId: '',
    instanceId: null,
    clientId: 'c',
    clientHost: '/127.0.0.1',
    sessionTimeout: session,
    rebalanceTimeout: 60_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from(overrides.metadata ?? 'm') }],
    needsKnownId: false,
    canSkipAssignment: true,
    ...overrides,
  }
}

const join = (overrides: Partial<JoinRequest> & { metadata?: string } = {}): Promise<Joined> =>
  groups.join(request(overrides))
const nameOf = ({ errorCode }: { readonly errorCode: number }): string => errorName(errorCode)

function sync(
  joined: Joined,
  assignments: Readonly<Record<string, string>> = {},
  instanceId: string | null = null,
): Promise<Synced> {
  const { memberId, generationId, protocolType, protocolName } = joined
  return groups.sync({
    groupId: 'g',
    memberId,
    instanceId,
    generationId,
    protocolType,
    protocolName,
    assignments: Object.entries(assignments).map(([id, text]) => ({ memberId: id, assignment: Buffer.from(text) })),
  })
}

const heartbeat = ({ memberId, generationId }: Joined, instanceId: string | null = null): string =>
  errorName(groups.heartbeat({ groupId: 'g', memberId, generationId, instanceId }))

/** Two members in a stable group, the first one leading. */
async function pair(): Promise<[Joined, Joined]> {
  const first = await join()
  const [follows, leads] = [join(), join({ memberId: first.memberId })]
  const joined: [Joined, Joined] = [await leads, await follows]
  const follower = sync(joined[1])
  await sync(joined[0], { [joined[0].memberId]: 'A', [joined[1].memberId]: 'B' })
  await follower
  return joined
}

test('no state goes nowhere but the last, and Dead stays dead', () => {
  const events: GroupEvent[] = ['rebalance', 'joined', 'assigned', 'emptied', 'removed']
  for (const [state, row] of Object.entries(groupStates)) {
    expect(Object.keys(row).sort()).toEqual([...events].sort())
    expect(Object.values(row).some((next) => next !== null)).toBe(state !== 'Dead')
  }
})

describe('joining', () => {
  test('a new member is first given its id where its version asks for that', async () => {
    const refused = await join({ needsKnownId: true })
    expect(nameOf(refused)).toBe('MEMBER_ID_REQUIRED')
    const joined = await join({ needsKnownId: true, memberId: refused.memberId })
    expect([nameOf(joined), joined.generationId, joined.leader]).toEqual(['NONE', 1, refused.memberId])
  })

  test('an id that was given out and not used is forgotten after the session timeout', async () => {
    const { memberId } = await join({ needsKnownId: true })
    clock.advance(session)
    expect(nameOf(await join({ needsKnownId: true, memberId }))).toBe('UNKNOWN_MEMBER_ID')
  })

  test('the second member makes the first join again; only the leader learns who is in', async () => {
    const first = await join()
    await sync(first, { [first.memberId]: 'all' })
    const second = join()
    expect(heartbeat(first)).toBe('REBALANCE_IN_PROGRESS')
    const again = await join({ memberId: first.memberId })
    expect([again.generationId, again.members.length, (await second).members.length]).toEqual([2, 2, 0])
    expect(heartbeat(first)).toBe('ILLEGAL_GENERATION')
    expect(heartbeat(again)).toBe('NONE')
  })

  test('whoever does not join again in time is left behind', async () => {
    const [first, second] = await pair()
    const again = join({ memberId: first.memberId })
    for (let elapsed = 0; elapsed < 60_000; elapsed += 5_000) {
      heartbeat(second)
      clock.advance(5_000)
    }
    expect((await again).members.map(({ memberId }) => memberId)).toEqual([first.memberId])
    expect(heartbeat(second)).toBe('UNKNOWN_MEMBER_ID')
  })

  test('a follower that repeats its request changes nothing, one with other metadata does', async () => {
    const [first, second] = await pair()
    const repeated = await join({ memberId: second.memberId })
    expect([repeated.generationId, heartbeat(first)]).toEqual([second.generationId, 'NONE'])
    void join({ memberId: second.memberId, metadata: 'other' })
    expect(heartbeat(first)).toBe('REBALANCE_IN_PROGRESS')
  })

  test('protocols nobody shares, impossible sessions and nameless groups are refused', async () => {
    await join()
    const stranger = { protocols: [{ name: 'sticky', metadata: Buffer.from('m') }] }
    expect(nameOf(await join(stranger))).toBe('INCONSISTENT_GROUP_PROTOCOL')
    expect(nameOf(await join({ protocolType: 'connect' }))).toBe('INCONSISTENT_GROUP_PROTOCOL')
    expect(nameOf(await join({ sessionTimeout: 5_999 }))).toBe('INVALID_SESSION_TIMEOUT')
    expect(nameOf(await join({ groupId: '' }))).toBe('INVALID_GROUP_ID')
    expect(nameOf(await join({ groupId: 'absent', memberId: 'x' }))).toBe('UNKNOWN_MEMBER_ID')
  })

  test('who waits for its first generation for five minutes is given up', async () => {
    const slow = { rebalanceTimeout: 600_000, sessionTimeout: 1_800_000 }
    const first = await join(slow)
    await sync(first)
    const second = join(slow)
    clock.advance(300_000)
    expect(nameOf(await second)).toBe('UNKNOWN_MEMBER_ID')
    expect(heartbeat(first)).toBe('REBALANCE_IN_PROGRESS')
  })

  test('a full group takes nobody but those who are in it', async () => {
    groups = coordinator({ groupMaximumSize: 2 })
    const [first] = await pair()
    expect(nameOf(await join())).toBe('GROUP_MAX_SIZE_REACHED')
    expect(nameOf(await join({ needsKnownId: true }))).toBe('GROUP_MAX_SIZE_REACHED')
    expect(heartbeat(first)).toBe('NONE')
  })

  test('after the highest generation come the negative ones', async () => {
    const first = await join()
    groups.get('g')!.generation = 2 ** 31 - 1
    expect((await join({ memberId: first.memberId, metadata: 'other' })).generationId).toBe(-(2 ** 31))
  })

  test('the protocol is the one most prefer among those all know', async () => {
    const protocols = (...names: string[]) => names.map((name) => ({ name, metadata: Buffer.from(name) }))
    groups = coordinator({ groupInitialRebalanceDelay: { seconds: 1 } })
    const joined = [
      join({ protocols: protocols('a', 'b', 'c') }),
      join({ protocols: protocols('c', 'b') }),
      join({ protocols: protocols('b', 'c') }),
      join({ protocols: protocols('c', 'b') }),
    ]
    clock.advance(2_000)
    const [leader] = await Promise.all(joined)
    expect(leader!.protocolName).toBe('b')
    expect(leader!.members.map(({ metadata }) => metadata.toString())).toEqual(['b', 'b', 'b', 'b'])
  })

  test('the first members are waited for together', async () => {
    groups = coordinator({ groupInitialRebalanceDelay: { seconds: 3 } })
    const joined = [join(), join(), join()]
    clock.advance(3_000)
    // More have come meanwhile, so it is waited once more.
    joined.push(join())
    clock.advance(3_000)
    joined.push(join())
    clock.advance(3_000)
    clock.advance(3_000)
    expect((await Promise.all(joined)).map(({ generationId }) => generationId)).toEqual([1, 1, 1, 1, 1])
  })
})

describe('a session', () => {
  test('ends without heartbeats, and the others join again', async () => {
    const [first, second] = await pair()
    clock.advance(session - 1)
    expect(heartbeat(first)).toBe('NONE')
    clock.advance(1)
    expect(heartbeat(second)).toBe('UNKNOWN_MEMBER_ID')
    expect(heartbeat(first)).toBe('REBALANCE_IN_PROGRESS')
    const alone = await join({ memberId: first.memberId })
    expect([alone.generationId, alone.members.length]).toEqual([3, 1])
  })

  test('does not end while the member waits for an answer', async () => {
    const [first, second] = await pair()
    const waiting = join({ memberId: first.memberId })
    clock.advance(session - 1)
    heartbeat(second)
    clock.advance(session - 1)
    const [joined] = await Promise.all([waiting, join({ memberId: second.memberId })])
    expect(nameOf(joined)).toBe('NONE')
  })

  test('of a member that never asks for its assignment may go on, the member goes after the rebalance timeout', async () => {
    const joined = await join()
    for (let elapsed = 0; elapsed < 60_000; elapsed += 5_000) {
      expect(heartbeat(joined)).toBe('NONE')
      clock.advance(5_000)
    }
    expect(heartbeat(joined)).toBe('UNKNOWN_MEMBER_ID')
    expect(groups.get('g')!.state).toBe('Empty')
  })

  test('of a leader that never assigns ends too, and who waited is told to join again', async () => {
    const first = await join()
    const second = join()
    await join({ memberId: first.memberId })
    const waiting = sync(await second)
    clock.advance(session)
    expect(nameOf(await waiting)).toBe('REBALANCE_IN_PROGRESS')
  })
})

describe('assignments', () => {
  test('are given to each by the leader, and again to whoever asks again', async () => {
    const [first, second] = await pair()
    expect((await sync(first)).assignment.toString()).toBe('A')
    expect((await sync(second)).assignment.toString()).toBe('B')
  })

  test('of another generation or protocol are refused', async () => {
    const joined = await join()
    expect(nameOf(await sync({ ...joined, generationId: 7 }))).toBe('ILLEGAL_GENERATION')
    expect(nameOf(await sync({ ...joined, memberId: 'x' }))).toBe('UNKNOWN_MEMBER_ID')
    expect(nameOf(await sync({ ...joined, protocolName: 'sticky' }))).toBe('INCONSISTENT_GROUP_PROTOCOL')
  })
})

describe('a static member', () => {
  const settle = async (instanceId: string): Promise<Joined> => {
    const joined = await join({ instanceId })
    await sync(joined, { [joined.memberId]: 'kept' }, instanceId)
    return joined
  }

  test('that returns has its place, its assignment and a new id, and nobody joins again', async () => {
    const before = await settle('one')
    const after = await join({ instanceId: 'one' })
    expect([nameOf(after), after.generationId, after.skipAssignment]).toEqual(['NONE', before.generationId, true])
    expect(after.memberId).not.toBe(before.memberId)
    expect((await sync(after, {}, 'one')).assignment.toString()).toBe('kept')
    expect(heartbeat(before, 'one')).toBe('FENCED_INSTANCE_ID')
  })

  test('that leads and cannot be told to skip the assignment is shown another leader', async () => {
    const before = await settle('one')
    const after = await join({ instanceId: 'one', canSkipAssignment: false })
    expect([after.leader, after.skipAssignment, after.members]).toEqual([before.memberId, false, []])
  })

  test('keeps its place in a rebalance it does not take part in, until its session ends', async () => {
    await settle('one')
    const second = join()
    clock.advance(session)
    expect((await second).members.map(({ groupInstanceId }) => groupInstanceId)).toEqual([null])
  })

  test('can be removed by its name alone', async () => {
    await settle('one')
    expect(errorName(groups.leave('g', '', 'one'))).toBe('NONE')
    expect(groups.get('g')!.state).toBe('Empty')
  })
})

describe('positions', () => {
  const commit = (identity: Partial<Joined>, inTransaction = false): string => {
    const { memberId = '', generationId = -1 } = identity
    return errorName(groups.commitProblem({ groupId: 'g', memberId, generationId, instanceId: null }, inTransaction))
  }

  test('are taken from members in their generation, from others only while there are no members', async () => {
    expect([commit({}), commit({ memberId: 'm', generationId: 3 })]).toEqual(['NONE', 'ILLEGAL_GENERATION'])
    const joined = await join()
    expect([commit(joined), commit(joined, true)]).toEqual(['REBALANCE_IN_PROGRESS', 'NONE'])
    await sync(joined)
    expect([commit(joined), commit({ ...joined, generationId: 0 }), commit({})]).toEqual([
      'NONE',
      'ILLEGAL_GENERATION',
      'UNKNOWN_MEMBER_ID',
    ])
    expect(commit({ ...joined, generationId: 0 }, true)).toBe('ILLEGAL_GENERATION')
    groups.leave('g', joined.memberId, null)
    expect([commit({}), commit(joined)]).toEqual(['NONE', 'UNKNOWN_MEMBER_ID'])
  })

  test('in a transaction of an old client are taken from anybody', async () => {
    await pair()
    expect(commit({}, true)).toBe('NONE')
  })
})

test('a group is deleted only when it is empty', async () => {
  const joined = await join()
  expect(errorName(groups.delete('g'))).toBe('NON_EMPTY_GROUP')
  groups.leave('g', joined.memberId, null)
  expect([errorName(groups.delete('g')), errorName(groups.delete('g'))]).toEqual(['NONE', 'GROUP_ID_NOT_FOUND'])
})

/** Members over kafkajs: what its consumer does by itself must not become what a worker believes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../src/broker/index.ts'
import { decodeMember, decodeNotes, encodeClaim, encodeShare } from '../../src/kafka/kafkajs/group-protocol.ts'
import { kafkajs } from '../../src/kafka/kafkajs/index.ts'
import type { GroupMemberOptions, Kafka } from '../../src/kafka/port.ts'
import { decodeAssignment } from '../../src/wire/consumer-protocol.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { joinCooperatively } from '../contracts/members.ts'
import { errorOf, unique, until } from '../contracts/tools.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker({ groupMinimumSessionTimeout: { milliseconds: 500 } })
  kafka = kafkajs({ brokers: [broker.address] })
  await kafka.connect()
})
afterAll(async () => {
  await kafka?.close()
  await broker?.close()
})

async function topic(partitions = 2): Promise<string> {
  const name = unique('members')
  await kafka.topics.create([{ name, partitions }])
  return name
}

function options(topics: readonly string[], more: Partial<GroupMemberOptions> = {}): GroupMemberOptions {
  return {
    topics,
    protocolName: 'contract',
    claim: () => ({ owned: [], userData: Buffer.alloc(0) }),
    assign: async (members) =>
      new Map(members.map(({ memberId }) => [memberId, { partitions: [], userData: Buffer.alloc(0) }])),
    assigned: async () => 'stay',
    lost: () => undefined,
    ...more,
  }
}

describe('joining', () => {
  it('waits for a coordinator that is still loading', async () => {
    const name = await topic()
    const loading = faultActions.error(errorCode.COORDINATOR_LOAD_IN_PROGRESS)
    const refused = broker.faults.intercept({ api: 'JoinGroup', times: 2 }, loading)
    const member = await joinCooperatively(kafka, unique('group'), name, 'one')
    expect([refused.hits, member.owned.length]).toEqual([2, 2])
    await member.membership.leave()
  })

  it('refuses the newer protocol by its name', async () => {
    const error = await errorOf(kafka.join(unique('group'), options(['t'], { protocol: 'consumer' })))
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'UNSUPPORTED'])
    expect(error?.message).toContain("protocol: 'consumer'")
  })

  it('fails at once without the right to', async () => {
    const name = await topic()
    const denied = faultActions.error(errorCode.GROUP_AUTHORIZATION_FAILED)
    broker.faults.intercept({ api: 'JoinGroup' }, denied)
    const error = await errorOf(kafka.join(unique('group'), options([name])))
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'GROUP_AUTHORIZATION_FAILED'])
  })

  it('is given up by its signal, and leaves no member behind', async () => {
    const name = await topic()
    const group = unique('group')
    const gate = Promise.withResolvers<void>()
    const held = broker.faults.intercept({ api: 'JoinGroup' }, faultActions.hold(gate.promise))
    const signal = new AbortController()
    const sessionTimeout = { milliseconds: 600 }
    const joining = errorOf(kafka.join(group, options([name], { signal: signal.signal, sessionTimeout })))
    await until('the request is held', () => held.hits === 1)
    signal.abort()
    expect((await joining)?.reason).toBe('CLOSED')
    gate.resolve()
    const heir = await joinCooperatively(kafka, group, name, 'heir')
    expect(heir.owned).toHaveLength(2)
    await heir.membership.leave()
  })

  it.each(['assign', 'assigned'] as const)('fails with what the member itself throws (%s)', async (callback) => {
    const name = await topic()
    const broken = async (): Promise<never> => {
      throw new Error('no plan')
    }
    const error = await errorOf(kafka.join(unique('group'), options([name], { [callback]: broken })))
    expect(error?.fault).toBe('fatal')
    expect(error?.message).toContain('no plan')
  })
})

describe('a member', () => {
  it('heartbeats while it handles its assignment', async () => {
    const name = await topic()
    const beats = broker.faults.intercept({ api: 'Heartbeat', times: 1_000 }, faultActions.delay(0))
    const joining = kafka.join(
      unique('group'),
      options([name], {
        sessionTimeout: { milliseconds: 600 },
        async assigned() {
          await until('it has beaten five times', () => beats.hits >= 5)
          return 'stay'
        },
      }),
    )
    const membership = await joining
    beats.remove()
    await membership.confirm()
    await membership.leave()
  })

  it('is told that it is no longer one when kafkajs gives up', async () => {
    const name = await topic()
    const member = await joinCooperatively(kafka, unique('group'), name, 'one')
    broker.faults.intercept({ api: 'Heartbeat' }, faultActions.error(errorCode.GROUP_AUTHORIZATION_FAILED))
    await until('it is told', () => member.losses.length > 0)
    expect(member.losses.map(({ fault, reason }) => [fault, reason])).toEqual([['fatal', 'GROUP_AUTHORIZATION_FAILED']])
    expect((await errorOf(member.membership.confirm()))?.reason).toBe('GROUP_AUTHORIZATION_FAILED')
    await member.membership.leave()
  })
})

describe('what members tell each other', () => {
  const claim = { topics: ['t'], owned: [{ topic: 't', partition: 1 }], userData: Buffer.from('mine'), generation: 4 }

  it('names what a member owns, unless the group knows it as another by now', () => {
    const bytes = encodeClaim({ ...claim, memberId: 'm-1' })
    expect(decodeMember('m-1', bytes)).toMatchObject({ owned: claim.owned, userData: claim.userData, topics: ['t'] })
    expect(decodeMember('m-2', bytes)).toMatchObject({ owned: [], userData: claim.userData, topics: ['t'] })
    expect(decodeMember('m-1', Buffer.from('else'))).toMatchObject({ owned: [], topics: [] })
  })

  it.each([0, 10, 100_000])('carries a note of %i bytes beside the partitions', (length) => {
    const userData = Buffer.alloc(length, 'note')
    const bytes = encodeShare({ partitions: [{ topic: 't', partition: 3 }], userData })
    const { assignedPartitions } = decodeAssignment(bytes)
    expect(decodeNotes(assignedPartitions.map(({ topic: name }) => name))).toEqual(userData)
    expect(assignedPartitions.filter(({ partitions }) => partitions.length > 0)).toEqual([
      { topic: 't', partitions: [3] },
    ])
  })
})

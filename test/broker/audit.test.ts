/** Each violation is caused by a client that does the wrong thing, and found. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Watch } from '../../src/broker/audit/watch.ts'
import { Broker } from '../../src/broker/broker.ts'
import { type EmbeddedBroker, startBroker, VirtualClock } from '../../src/broker/index.ts'
import { settingsOf } from '../../src/broker/options.ts'
import {
  EndTxn,
  InitProducerId,
  JoinGroup,
  LeaveGroup,
  OffsetFetch,
  SyncGroup,
  TxnOffsetCommit,
} from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { WireClient } from './wire-client.ts'
import { createTopic, initialise } from './wire-tools.ts'

let broker: EmbeddedBroker
let workers: readonly Worker[]

/** A worker of a group, by hand: reads positions and commits them in transactions. */
class Worker {
  readonly client: WireClient
  readonly id: string
  #identity = { producerId: -1, producerEpoch: -1 }
  #member = { memberId: '', generationId: -1 }

  constructor(id: string) {
    this.id = id
    this.client = new WireClient(broker.address, id)
  }

  async begin(): Promise<void> {
    for (;;) {
      const { errorCode, producerId, producerEpoch } = await initialise(this.client, this.id)
      this.#identity = { producerId, producerEpoch }
      if (errorName(errorCode) !== 'CONCURRENT_TRANSACTIONS') return
    }
  }

  /** Asks for the next epoch as who it is (KIP-360). */
  async goOn(): Promise<void> {
    const body = { transactionalId: this.id, transactionTimeoutMs: 60_000, ...this.#identity }
    for (;;) {
      const { errorCode, producerId, producerEpoch } = await this.client.send(InitProducerId, 5, body)
      this.#identity = { producerId, producerEpoch }
      if (errorName(errorCode) !== 'CONCURRENT_TRANSACTIONS') return
    }
  }

  async join(): Promise<number> {
    const ask = () =>
      this.client.send(JoinGroup, 9, {
        groupId: 'g',
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        memberId: this.#member.memberId,
        protocolType: 'consumer',
        protocols: [{ name: 'p', metadata: Buffer.alloc(0) }],
      })
    this.#member.memberId ||= (await ask()).memberId
    this.#member.generationId = (await ask()).generationId
    await this.client.send(SyncGroup, 5, { groupId: 'g', ...this.#member, assignments: [] })
    return this.#member.generationId
  }

  async leave(): Promise<void> {
    const { memberId } = this.#member
    await this.client.send(LeaveGroup, 5, { groupId: 'g', members: [{ memberId, groupInstanceId: null }] })
  }

  async read(requireStable = true): Promise<number> {
    for (;;) {
      const { groups } = await this.client.send(OffsetFetch, 9, {
        groups: [{ groupId: 'g', topics: [{ name: 't', partitionIndexes: [0] }] }],
        requireStable,
      })
      const { errorCode, committedOffset } = groups[0]!.topics[0]!.partitions[0]!
      if (errorName(errorCode) !== 'UNSTABLE_OFFSET_COMMIT') return committedOffset
    }
  }

  async stage(offset: number, generationId = this.#member.generationId): Promise<string> {
    for (;;) {
      const { topics } = await this.client.send(TxnOffsetCommit, 5, {
        transactionalId: this.id,
        groupId: 'g',
        ...this.#identity,
        memberId: this.#member.memberId,
        generationId,
        topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }] }],
      })
      const code = errorName(topics[0]!.partitions[0]!.errorCode)
      if (code !== 'CONCURRENT_TRANSACTIONS') return code
    }
  }

  async end(committed = true): Promise<void> {
    const { errorCode, ...next } = await this.client.send(EndTxn, 5, {
      transactionalId: this.id,
      ...this.#identity,
      committed,
    })
    expect(errorName(errorCode)).toBe('NONE')
    this.#identity = { producerId: next.producerId, producerEpoch: next.producerEpoch }
  }

  async commit(offset: number): Promise<void> {
    expect(await this.stage(offset)).toBe('NONE')
    await this.end()
  }
}

const kinds = (): string[] => broker.audit().violations.map(({ kind }) => kind)

beforeEach(async () => {
  // A fixed delay: positions are decided in the order in which their transactions ended.
  broker = await startBroker({ audit: true, markerDelay: { minimum: 0, maximum: 0 } })
  workers = [new Worker('a'), new Worker('b')]
  await createTopic(workers[0]!.client, 't')
  for (const worker of workers) await worker.begin()
})
afterEach(async () => {
  for (const { client } of workers) client.close()
  await broker.close()
})

describe('nothing is found', () => {
  test('where each goes on where the last one ended', async () => {
    const [a, b] = workers as [Worker, Worker]
    await a.read()
    await a.commit(3)
    await a.commit(5)
    expect(await b.read()).toBe(5)
    await b.commit(9)
    await a.begin()
    expect(await a.read()).toBe(9)
    await a.stage(20)
    await a.end(false)
    await a.commit(12)
    expect(await a.read()).toBe(12)
    expect(broker.audit()).toEqual({ violations: [], chains: 1, commits: 4 })
  })

  test('where a producer asks for its next epoch and knows where it stands', async () => {
    const [a] = workers as [Worker, Worker]
    await a.read()
    await a.commit(3)
    await a.read()
    await a.commit(5)
    await a.goOn()
    await a.commit(7)
    expect(await a.read()).toBe(7)
    expect(kinds()).toEqual([])
  })

  test.each([
    ['it ends it', (a: Worker) => a.end(false)],
    ['it asks for its next epoch', (a: Worker) => a.goOn()],
  ])('in positions that are refused, if the transaction is aborted: %s', async (_, abort) => {
    const [a] = workers as [Worker, Worker]
    expect(await a.stage(3, 7)).toBe('ILLEGAL_GENERATION')
    await abort(a)
    await a.commit(3)
    expect(kinds()).toEqual([])
  })
})

describe('found is', () => {
  test('who commits what another has moved since it was read', async () => {
    const [a, b] = workers as [Worker, Worker]
    await b.read()
    await a.commit(5)
    expect(await a.read()).toBe(5)
    await b.commit(6)
    expect(await b.read()).toBe(6)
    expect(broker.audit().violations).toMatchObject([
      { kind: 'broken-chain', transactionalId: 'b', groupId: 'g', partition: { topic: 't', partition: 0 } },
    ])
  })

  test('who begins anew and does not read where it stands', async () => {
    const [a] = workers as [Worker, Worker]
    await a.commit(5)
    await a.read()
    await a.commit(6)
    await a.begin()
    await a.commit(7)
    await a.read()
    expect(kinds()).toEqual(['broken-chain'])
  })

  test('who moves a position back', async () => {
    const [a] = workers as [Worker, Worker]
    await a.commit(5)
    await a.commit(3)
    await a.read()
    expect(kinds()).toEqual(['moved-back'])
  })

  test('who reads, without asking for what is stable, before the generation before has committed', async () => {
    const [a, b] = workers as [Worker, Worker]
    expect(await a.join()).toBe(1)
    await a.commit(2)
    await a.read()
    expect(await a.stage(5)).toBe('NONE')
    await a.leave()
    expect(await b.join()).toBeGreaterThan(1)
    expect(await b.read(false)).toBe(2)
    const release = broker.holdOffsets('g')
    expect(await b.stage(4)).toBe('NONE')
    await a.end()
    await b.end()
    release()
    await workers[0]!.read()
    expect(broker.audit().violations).toMatchObject([{ kind: 'late-commit', transactionalId: 'b' }])
  })

  test('who commits a transaction whose positions were refused', async () => {
    const [a] = workers as [Worker, Worker]
    expect(await a.stage(3, 7)).toBe('ILLEGAL_GENERATION')
    await a.end()
    expect(broker.audit().violations).toMatchObject([{ kind: 'refused-output', transactionalId: 'a' }])
  })

  test('a transaction that the broker leaves open for too long', () => {
    const clock = new VirtualClock()
    const inner = new Broker(settingsOf({ clock, transactionCheckInterval: { seconds: 10 } }))
    const watch = new Watch(() => inner)
    // The fault: nobody looks for transactions that are over their time.
    inner.timers.close()
    inner.topics.create('t', 1)
    const { producerId, producerEpoch } = inner.transactions.initialise('x', 60_000, null)
    inner.transactions.add('x', { producerId, producerEpoch }, [{ topic: 't', partition: 0 }])
    clock.advanceNow({ seconds: 70 })
    expect(watch.report().violations).toEqual([])
    clock.advanceNow({ milliseconds: 1 })
    expect(watch.report().violations).toMatchObject([{ kind: 'overdue', transactionalId: 'x' }])
  })
})

test('who did not ask for an audit gets none', async () => {
  const plain = await startBroker()
  expect(() => plain.audit()).toThrow('`audit`')
  await plain.close()
})

/** What fetch sessions promise (KIP-227), on any broker. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { randomName, systemRandom } from '../../src/random.ts'
import { DeleteRecords, Fetch } from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { WireClient } from '../broker/wire-client.ts'
import { createTopic, write } from '../broker/wire-tools.ts'
import { until } from './tools.ts'

interface Started {
  /** `host:port` of the only node. */
  readonly address: string
  stop(): Promise<void>
}

interface Asked {
  readonly id?: number
  readonly epoch?: number
  /** Offset by partition. */
  readonly at?: Readonly<Record<number, number>>
  readonly forget?: readonly number[]
}

const everything = { 0: 0, 1: 0, 2: 0 }

/** @example fetchSessionContract('the embedded broker', async () => ({ address, stop })) */
export function fetchSessionContract(name: string, start: () => Promise<Started>): void {
  describe(`a fetch session on ${name}`, () => {
    let broker: Started
    let client: WireClient
    let topic: string

    beforeAll(async () => {
      broker = await start()
    })
    afterAll(() => broker.stop())
    beforeEach(async () => {
      client = new WireClient(broker.address)
      topic = `sessions-${randomName(systemRandom)}`
      expect(await createTopic(client, topic, { partitions: 3 })).toBe('NONE')
      await until('every partition has a leader', async () => {
        const { codes } = await ask({ epoch: -1, at: everything })
        return codes.every((code) => code === 'NONE')
      })
    })
    afterEach(() => client.close())

    async function ask({ id = 0, epoch = 0, at = {}, forget = [] }: Asked) {
      const partitions = Object.entries(at).map(([partition, fetchOffset]) => {
        return { partition: Number(partition), fetchOffset, partitionMaxBytes: 1_000_000 }
      })
      const answer = await client.send(Fetch, 12, {
        maxWaitMs: 0,
        minBytes: 1,
        maxBytes: 1_000_000,
        isolationLevel: 0,
        sessionId: id,
        sessionEpoch: epoch,
        topics: partitions.length === 0 ? [] : [{ topic, partitions }],
        forgottenTopicsData: forget.length === 0 ? [] : [{ topic, partitions: forget }],
      })
      const told = answer.responses.flatMap(({ partitions: those }) => those)
      return {
        id: answer.sessionId,
        code: errorName(answer.errorCode),
        told: told.map(
          ({ partitionIndex, records }) => `${partitionIndex}:${records!.length > 0 ? 'records' : 'none'}`,
        ),
        codes: told.map((partition) => errorName(partition.errorCode)),
      }
    }

    test('tells all at first and then only what changed', async () => {
      await write(client, topic, ['a'], { partition: 1 })
      const opened = await ask({ at: everything })
      expect(opened.told).toEqual(['0:none', '1:records', '2:none'])
      const { id } = opened
      expect(id).toBeGreaterThan(0)
      expect((await ask({ id, epoch: 1, at: { 1: 1 } })).told).toEqual([])
      await write(client, topic, ['b'], { partition: 2 })
      expect((await ask({ id, epoch: 2 })).told).toEqual(['2:records'])
      expect((await ask({ id, epoch: 3, at: { 2: 1 } })).told).toEqual([])
    })

    test('tells where the bounds of a partition moved, and errors each time', async () => {
      await write(client, topic, ['a'])
      const { id } = await ask({ at: { 0: 1, 1: 5 } })
      const wrong = await ask({ id, epoch: 1 })
      expect([wrong.told, wrong.codes]).toEqual([['1:none'], ['OFFSET_OUT_OF_RANGE']])
      await client.send(DeleteRecords, 2, {
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset: 1 }] }],
        timeoutMs: 1,
      })
      expect((await ask({ id, epoch: 2, at: { 1: 0 } })).told).toEqual(['0:none', '1:none'])
      expect((await ask({ id, epoch: 3 })).told).toEqual([])
    })

    test('asks who got records last when there is no room for all', async () => {
      for (const partition of [0, 1]) await write(client, topic, ['x'.repeat(700_000)], { partition })
      const opened = await ask({ at: { 0: 0, 1: 0 } })
      expect(opened.told).toEqual(['0:records', '1:none'])
      const { id } = opened
      expect((await ask({ id, epoch: 1 })).told).toEqual(['0:records'])
      expect((await ask({ id, epoch: 2 })).told).toEqual(['1:records'])
    })

    test('forgets partitions, and ends with the last', async () => {
      const { id } = await ask({ at: everything })
      await write(client, topic, ['a'], { partition: 1 })
      expect((await ask({ id, epoch: 1, forget: [1] })).told).toEqual([])
      expect(await ask({ id, epoch: 2, forget: [0, 2] })).toMatchObject({ id: 0, code: 'NONE', told: [] })
      expect((await ask({ id, epoch: 3 })).code).toBe('FETCH_SESSION_ID_NOT_FOUND')
    })

    test.each([
      ['an id nobody gave out', { id: 12345, epoch: 1 }, 'FETCH_SESSION_ID_NOT_FOUND'],
      ['the epoch before', { epoch: 0 + 2 }, 'INVALID_FETCH_SESSION_EPOCH'],
    ])('%s is refused', async (_, asked, code) => {
      const { id } = await ask({ at: everything })
      const refused = await ask({ id, ...asked })
      expect([refused.code, refused.id, refused.told]).toEqual([code, 0, []])
    })

    test('is ended by its client, and replaced when a new one is opened', async () => {
      const first = await ask({ at: everything })
      const second = await ask({ id: first.id, epoch: 0, at: everything })
      expect([second.told.length, second.id === first.id]).toEqual([3, false])
      expect((await ask({ id: first.id, epoch: 1 })).code).toBe('FETCH_SESSION_ID_NOT_FOUND')
      expect(await ask({ id: second.id, epoch: -1, at: everything })).toMatchObject({ id: 0 })
      expect((await ask({ id: second.id, epoch: 1 })).code).toBe('FETCH_SESSION_ID_NOT_FOUND')
    })
  })
}

/** Answers that are lost, requests that are, and processes that are killed: each letter comes back once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../../src/broker/index.ts'
import { redrive } from '../../../src/dead-letters/moving/redrive.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { errorCode } from '../../../src/wire/errors.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf, movesWorld } from './moves-world.ts'
import { redriveUnderKills } from './redrive-kills.ts'

const letters = 3_000
const { closeAfter, closeBefore, duplicate, error } = faultActions
const faults = [
  { api: 'EndTxn', action: closeAfter },
  { api: 'EndTxn', action: closeBefore },
  { api: 'Produce', action: closeAfter },
  { api: 'Produce', action: closeBefore },
  { api: 'EndTxn', action: duplicate },
  { api: 'Produce', action: error(errorCode.NOT_LEADER_OR_FOLLOWER) },
  { api: 'EndTxn', action: error(errorCode.INVALID_PRODUCER_EPOCH) },
  { api: 'Produce', action: error(errorCode.INVALID_TXN_STATE) },
] as const

describe.each([
  { transactionVersion: 2, seeds: [1, 2, 3, 4] },
  { transactionVersion: 0, seeds: [5, 6, 7] },
] as const)('with transaction.version $transactionVersion', ({ transactionVersion, seeds }) => {
  let broker: EmbeddedBroker
  let kafka: Kafka

  beforeAll(async () => {
    broker = await startBroker({ features: { transactionVersion } })
    kafka = await clientOf(broker.address)
  })
  afterAll(async () => {
    await kafka.close()
    await broker.close()
  })

  test.each(seeds)('faults of seed %i lose and double nothing', async (seed) => {
    const random = seededRandom(seed)
    const world = await movesWorld(kafka, unique('app'))
    await world.put(Array.from({ length: letters }, (_, offset) => ({ offset, partition: offset % 2 })))
    const asked = Array.from({ length: 4 }, () => {
      const { api, action } = faults[randomInteger(random, 0, faults.length - 1)]!
      const transactionalId = `${world.app}-redrive-unscored-${randomInteger(random, 0, 1)}`
      return broker.faults.intercept({ api, transactionalId, nth: randomInteger(random, 1, 3) }, action)
    })
    const result = await redrive(kafka, { queue: world.queue, description: world.description })
    for (const fault of asked) fault.remove()
    expect(asked.some(({ hits }) => hits > 0)).toBe(true)
    expect(result).toMatchObject({ state: 'done', moved: letters })
    for (const partition of [0, 1]) {
      expect(await world.redriven(partition)).toEqual(
        Array.from({ length: letters / 2 }, (_, place) => place * 2 + partition),
      )
    }
    expect((await world.marks()).size).toBe(letters)
  })

  test('killed for real, again and again', { timeout: 120_000 }, async () => {
    const world = await movesWorld(kafka, unique('app'))
    await redriveUnderKills({ world, brokers: broker.address, letters: 10_000, kills: 4, random: seededRandom(7) })
  })
})

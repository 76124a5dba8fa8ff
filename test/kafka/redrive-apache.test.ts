/** Redrives on Apache Kafka 4.1: what is promised, and processes that are killed. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Kafka } from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import { unique } from '../contracts/tools.ts'
import { clientOf, movesWorld } from '../dead-letters/moving/moves-world.ts'
import { redriveContract } from '../dead-letters/moving/redrive-contract.ts'
import { redriveUnderKills } from '../dead-letters/moving/redrive-kills.ts'
import { lackingFor } from './lacking.ts'
import { sharedKafka } from './shared/shared-kafka.ts'

describe.skipIf(lackingFor('Apache Kafka') !== null)('on Apache Kafka', () => {
  let brokers: string
  let kafka: Kafka
  beforeAll(async () => {
    brokers = (await sharedKafka()).brokers
    kafka = await clientOf(brokers)
  })
  afterAll(async () => {
    await kafka?.close()
  })

  redriveContract('on Apache Kafka', sharedKafka)

  test('killed for real, again and again', { timeout: 180_000 }, async () => {
    const world = await movesWorld(kafka, unique('app'))
    await redriveUnderKills({ world, brokers, letters: 10_000, kills: 4, random: seededRandom(11) })
  })
})

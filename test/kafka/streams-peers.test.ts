/** The differential test on Kafka Streams itself, a few seeds of each family; `npm run test:peers` runs as many as asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KafkaStreams, startKafkaStreams } from '../peers/streams-driver/driver.ts'
import { differenceOf } from '../streams/compare.ts'
import { families } from '../streams/families.ts'
import { familyNamed } from '../streams/recorded.ts'
import { compareFamily } from '../streams/seeds.ts'
import { workedCases } from '../streams/worked/index.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Kafka Streams')
const seeds = 10

describe.skipIf(lacking !== null)('beside Kafka Streams', () => {
  let peer: KafkaStreams

  beforeAll(() => {
    peer = startKafkaStreams()
  })
  afterAll(async () => {
    await peer?.close()
  })

  test.each(workedCases)('answers the worked case $name as written', async ({ about, expected }) => {
    const { steps } = await peer.ask(about)
    const { comparison } = familyNamed(about.operator)
    expect(differenceOf(comparison, { steps: expected, until: expected.length }, steps)).toBeNull()
  })

  test.each(families)('$name', async (family) => {
    const { tally, worst } = await compareFamily(family, peer, 1, seeds)
    expect(worst, JSON.stringify(worst)).toBeNull()
    expect(tally.equal + tally.documented).toBe(seeds)
  })
})

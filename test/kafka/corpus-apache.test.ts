/** Bad input on Apache Kafka: the same files, and what Kafka itself would refuse. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningKafka, startKafka } from '../../scripts/kafka.ts'
import { differences } from '../corpus/corpus.ts'
import { resultsAt } from '../corpus/on-broker.ts'
import { textsOf, valueFor, write } from '../corpus/records.ts'
import { Desk } from '../corpus/worked.ts'
import { lackingFor } from './lacking.ts'

describe.skipIf(lackingFor('Apache Kafka') !== null)('on Apache Kafka', () => {
  let kafka: RunningKafka
  let desk: Desk
  beforeAll(async () => {
    kafka = await startKafka()
    desk = await Desk.open(kafka.brokers)
  })
  afterAll(async () => {
    await desk.close()
    await kafka.stop()
  })

  test('a worker makes the same of every file', async () => {
    expect(differences(await resultsAt(kafka.brokers))).toEqual([])
  })

  test.each([
    [4_000, 1],
    [4_001, 0],
  ])('a batch of %i bytes for a topic that takes 4000: %i comes out', async (bytes, count) => {
    const { out, letters } = await desk.work({
      fill: (client, topic) => write(client, topic, [{ value: valueFor(bytes) }]),
      outputConfigs: { 'max.message.bytes': '4000' },
    })
    expect([out.length, letters.length]).toEqual([count, 1 - count])
  })

  test('a record two hours ahead of the clock is one dead letter, since its output takes one hour', async () => {
    const times = [Date.now(), Date.now() + 2 * 3_600_000]
    const { out, letters } = await desk.work({
      fill: (client, topic) =>
        write(
          client,
          topic,
          times.map((time) => ({ value: `${time}`, time })),
        ),
      configs: { 'message.timestamp.after.max.ms': '9223372036854775807' },
    })
    expect(out.map(({ value }) => `${value}`)).toEqual([`${times[0]}`])
    expect(letters.map(({ headers }) => textsOf(headers)['__millrace.dlq.error.code'])).toEqual(['MR3011'])
  })
})

/** Large letters, and few of many: whatever is asked for is found, and little is held. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { planRedrive, redrive } from '../../../src/dead-letters/moving/redrive.ts'
import { PlaceReader } from '../../../src/dead-letters/reading/place-reader.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf, movesWorld } from '../moving/moves-world.ts'
import { makeQueue, write } from '../world.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker()
  kafka = await clientOf(broker.address)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

const large = 300_000

test('forwards, backwards and far away, each record is found', { timeout: 60_000 }, async () => {
  const queue = `${unique('app')}.dlq.large`
  await makeQueue(kafka, queue)
  const count = 120
  for (let offset = 0; offset < count; offset++)
    await write(kafka, queue, 0, [{ value: `${offset} `.padEnd(large, 'x'), headers: [] }])
  const reader = new PlaceReader(kafka, { topic: queue, partition: 0 })
  const random = seededRandom(3)
  for (let round = 0; round < 12; round++) {
    const wanted = Array.from({ length: randomInteger(random, 1, 20) }, () => randomInteger(random, 0, count + 3))
    const found = await reader.read(wanted)
    const there = [...new Set(wanted)].filter((offset) => offset < count).sort((one, other) => one - other)
    expect([...found.keys()]).toEqual(there)
    for (const [offset, { value }] of found) expect(value?.toString('latin1', 0, 4).split(' ')[0]).toBe(String(offset))
  }
  // All of it is 36 MB.
  expect(reader.bytes).toBeLessThan(20 * 1_024 * 1_024)
  await reader.close()
})

test('large letters go in several transactions', { timeout: 60_000 }, async () => {
  const { put, queue, description, redriven } = await movesWorld(kafka, unique('app'))
  for (let offset = 0; offset < 60; offset++) await put([{ offset, value: 'x'.repeat(large) }])
  const steps: number[] = []
  const onProgress = ({ moved }: { moved: number }): void => void steps.push(moved)
  expect(await redrive(kafka, { queue, description, onProgress })).toMatchObject({ moved: 60 })
  expect(steps).toEqual([27, 54, 60])
  expect(await redriven()).toEqual(Array.from({ length: 60 }, (_, offset) => offset))
})

test('a partition that workers have not made yet is told, and stops no other', async () => {
  const { put, queue, description } = await movesWorld(kafka, unique('app'))
  const older = { ...description, internal: description.internal.map((each) => ({ ...each })) }
  const redriveTopic = unique('app.redrive')
  await kafka.topics.create([{ name: redriveTopic, partitions: 1 }])
  const feeds = [{ source: 'sales', redrive: redriveTopic }]
  Object.assign(older.internal[0]!, { feeds })
  await put([
    { offset: 1, partition: 0 },
    { offset: 2, partition: 1 },
  ])
  const note = `${redriveTopic} has no partition 1 yet: start a worker, which makes it`
  const passedOver = [{ partition: 1, offset: 0, reason: 'refused', note }]
  expect(await planRedrive(kafka, { queue, description: older })).toMatchObject({ selected: 1, passedOver })
  expect(await redrive(kafka, { queue, description: older })).toMatchObject({ moved: 1, passedOver })
})

test('a description of an older release is told from a wrong name', async () => {
  const { queue, description } = await movesWorld(kafka, unique('app'))
  const [{ feeds: _, ...dead }, ...rest] = description.internal as [(typeof description.internal)[0]]
  const older = { ...description, internal: [dead, ...rest] }
  await expect(planRedrive(kafka, { queue, description: older })).rejects.toMatchObject({
    code: 'MR4414',
    text: { why: expect.stringContaining('older release') },
  })
})

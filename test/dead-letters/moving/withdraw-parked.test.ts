/** A parked record that nobody needs is discarded: those behind it run, it does not. */
import { expect, test } from 'vitest'
import { discardLetters } from '../../../src/dead-letters/changing/discard.ts'
import { purgeLetters } from '../../../src/dead-letters/changing/purge.ts'
import { redrive } from '../../../src/dead-letters/moving/redrive.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique } from '../../contracts/tools.ts'
import { type ParkingTopology, parkingTopology } from '../../runtime/park/parking-topology.ts'

const bench = suiteBench()

const dead = { deadLetters: { rateLimit: 'off' } } as const

/** Records of one key of which two are bad; what is behind the first waits in the queue. */
async function parked(): Promise<ParkingTopology> {
  const parking = parkingTopology(unique('discarded'), false)
  const { built, orders, done } = parking
  await bench.create(1, orders, done)
  const values = ['k/0', 'k/1 bad', 'k/2', 'k/3 bad', 'k/4']
  await bench.produce(
    orders,
    values.map((value, at) => ({ key: 'k', value, time: 1_000 + at })),
  )
  await bench.run(built, dead)
  return parking
}

/** What came out when all that was redriven or withdrawn is worked, and a newcomer after it. */
async function results({ built, orders, done }: ParkingTopology): Promise<string[]> {
  await bench.run(built, dead)
  await bench.produce(orders, [{ key: 'k', value: 'k/5', time: 2_000 }])
  await bench.run(built, dead)
  return (await bench.read(done)).map(({ value }) => String(value))
}

const filter = { expression: 'value contains "bad"' }

test('a parked record is discarded, and its key goes on without it', { timeout: 60_000 }, async () => {
  const parking = await parked()
  const { built, queue } = parking
  expect(await discardLetters(bench.kafka, { queue, filter, topology: built, dryRun: true })).toMatchObject({
    letters: 2,
  })
  const discarded = await discardLetters(bench.kafka, { queue, filter, topology: built })
  expect(discarded).toMatchObject({ letters: 2, action: 'discarded' })
  const worker = bench.start(built, dead)
  expect(await redrive(bench.kafka, { queue, patience: { seconds: 30 } })).toMatchObject({ state: 'done', moved: 2 })
  await worker.stop()
  expect(await results(parking)).toEqual(['k/0 is 1', 'k/2 is 2', 'k/4 is 3', 'k/5 is 4'])
})

test('a queue of parked keys is purged, and newcomers run again', { timeout: 60_000 }, async () => {
  const parking = await parked()
  const before = { time: Date.now() + 60_000 }
  expect(await purgeLetters(bench.kafka, { queue: parking.queue, before })).toMatchObject({
    open: 4,
    action: 'deleted',
  })
  expect(await results(parking)).toEqual(['k/0 is 1', 'k/5 is 2'])
})

test('parked records that go elsewhere are waited for no longer', { timeout: 60_000 }, async () => {
  const parking = await parked()
  expect(await redrive(bench.kafka, { queue: parking.queue, to: parking.done })).toMatchObject({
    state: 'done',
    moved: 4,
  })
  const elsewhere = ['k/0 is 1', 'k/1 bad', 'k/2', 'k/3 bad', 'k/4']
  expect(await results(parking)).toEqual([...elsewhere, 'k/5 is 2'])
})

test('a purge that ends before the letters are deleted: they come back no more', { timeout: 60_000 }, async () => {
  const parking = await parked()
  const { queue } = parking
  const before = { partition: 0, offset: 1_000 }
  const refusal = new Error('no right to delete')
  const topics = Object.create(bench.kafka.topics, { deleteRecords: { value: () => Promise.reject(refusal) } })
  const powerless: Kafka = Object.create(bench.kafka, { topics: { value: topics } })
  await expect(purgeLetters(powerless, { queue, before })).rejects.toBe(refusal)
  expect(await redrive(bench.kafka, { queue })).toMatchObject({ selected: 0, moved: 0 })
  expect(await results(parking)).toEqual(['k/0 is 1', 'k/5 is 2'])
})

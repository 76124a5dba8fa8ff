/** Keys that wait, an operator who brings them back, and records of the same keys that keep coming meanwhile. */
import { expect, test } from 'vitest'
import { redrive } from '../../../src/dead-letters/moving/redrive.ts'
import { readLetters } from '../../../src/dead-letters/reading/read.ts'
import type { Input } from '../../contracts/runtime-tools.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique } from '../../contracts/tools.ts'
import { type ParkingTopology, parkingTopology } from '../../runtime/park/parking-topology.ts'

const partitions = 2
const keys = 6
const bench = suiteBench()

/** Of each key a record, so often; every record of that number is bad. */
function orders(from: number, to: number, bad: number): Input[] {
  return Array.from({ length: (to - from) * keys }, (_, at) => {
    const [key, number] = [at % keys, from + Math.floor(at / keys)]
    const value = `k${key}/${number}${number === bad ? ' bad' : ''}`
    return { key: `k${key}`, value, time: 1_000 + number, partition: key % partitions }
  })
}

async function inOrder({ done }: ParkingTopology): Promise<Record<string, number[]>> {
  const groups = Map.groupBy(await bench.read(done), ({ key }) => String(key))
  const numbers = [...groups].map(([key, rows]): [string, number[]] => {
    return [key, rows.map(({ value }) => Number(/\/(\d+)/.exec(String(value))?.[1]))]
  })
  return Object.fromEntries(numbers)
}

function expected(count: number): Record<string, number[]> {
  const numbers = Array.from({ length: count }, (_, number) => number)
  return Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${key}`, numbers]))
}

test('a redrive feeds newcomers until the keys are free, and none is overtaken', { timeout: 120_000 }, async () => {
  const sick = parkingTopology(unique('redriven'), false)
  const healed = parkingTopology(sick.app, true)
  await bench.create(partitions, sick.orders, sick.done)
  await bench.produce(sick.orders, orders(0, 30, 3))
  await bench.run(sick.built, { deadLetters: { rateLimit: 'off' } })
  expect(await inOrder(sick)).toEqual(expected(3))

  const worker = bench.start(healed.built)
  let next = 30
  const feeding: Promise<void>[] = []
  const result = await redrive(bench.kafka, {
    ...{ queue: sick.queue, rate: 400, patience: { seconds: 60 } },
    onProgress: () => {
      if (next < 60) feeding.push(bench.produce(sick.orders, orders(next, next + 3, -1)))
      next = Math.min(60, next + 3)
    },
  })
  await Promise.all(feeding)
  await worker.stop()
  expect(result).toMatchObject({ state: 'done', selected: 27 * keys, isUnfinished: false, passedOver: [] })
  await bench.run(healed.built)
  expect(await inOrder(sick)).toEqual(expected(next))
  const left: unknown[] = []
  for await (const letter of readLetters(bench.kafka, { queue: sick.queue })) left.push(letter)
  expect(left).toEqual([])
  // Some came while their key still waited: else nothing was shown.
  expect(result.moved).toBeGreaterThan(result.selected)
})

test('what fails again waits for another redrive, and so does all behind it', { timeout: 120_000 }, async () => {
  const sick = parkingTopology(unique('again'), false)
  await bench.create(partitions, sick.orders, sick.done)
  await bench.produce(sick.orders, orders(0, 10, 2))
  const worker = bench.start(sick.built, { deadLetters: { rateLimit: 'off' } })
  await bench.produce(sick.orders, orders(10, 12, -1))
  await expect.poll(async () => (await inOrder(sick)).k0?.length, { timeout: 30_000 }).toBe(2)
  await expect.poll(async () => (await bench.read(sick.queue)).length, { timeout: 30_000 }).toBe(10 * keys)
  const first = await redrive(bench.kafka, { queue: sick.queue, patience: { seconds: 60 } })
  expect(first).toMatchObject({ state: 'done', moved: 10 * keys, isUnfinished: false })
  await worker.stop()
  const healed = parkingTopology(sick.app, true)
  const second = bench.start(healed.built)
  expect(await redrive(bench.kafka, { queue: sick.queue, patience: { seconds: 60 } })).toMatchObject({
    moved: 10 * keys,
  })
  await second.stop()
  expect(await inOrder(sick)).toEqual(expected(12))
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import type { LetterFilter } from '../../../src/dead-letters/filter/filter.ts'
import { deadLetters } from '../../../src/dead-letters/index.ts'
import { lineOf } from '../../../src/dead-letters/reading/ndjson.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { headersOf } from '../letters.ts'
import { connected, letter, makeMarks, makeQueue, settle, write, writeEach } from '../world.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker()
  kafka = await connected(broker.address)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

async function numbersOf(queue: string, filter: LetterFilter = {}, all = false): Promise<string[]> {
  const found: string[] = []
  for await (const { partition, offset } of deadLetters(kafka, null).read({ queue, filter, all }))
    found.push(`${partition}/${offset}`)
  return found
}

test('letters come partition after partition, the settled ones only when asked for', async () => {
  const queue = 'read.dlq.q'
  await makeQueue(kafka, queue, 2)
  await makeMarks(kafka, 'read')
  await write(kafka, queue, 1, [letter(0), letter(1)])
  await write(kafka, queue, 0, [letter(2), letter(3)])
  await settle(kafka, queue, 0, 1, 'discarded')
  expect(await numbersOf(queue)).toEqual(['0/0', '1/0', '1/1'])
  expect(await numbersOf(queue, {}, true)).toEqual(['0/0', '0/1', '1/0', '1/1'])
  expect(await numbersOf(queue, { expression: 'state == "discarded"' }, true)).toEqual(['0/1'])
})

test('filters choose by headers, key, time and content', async () => {
  const queue = 'filtered.dlq.q'
  await makeQueue(kafka, queue)
  await write(kafka, queue, 0, [
    letter(0, { node: 'tax' }, 1_000),
    letter(1, {}, 2_000),
    letter(2, { stage: 'deserialize' }, 3_000),
    { headers: [], value: 'not ours', time: 4_000 },
  ])
  expect(await numbersOf(queue, { node: 'tax' })).toEqual(['0/0'])
  expect(await numbersOf(queue, { key: 'k-1' })).toEqual(['0/1'])
  expect(await numbersOf(queue, { from: 2_000, to: 4_000 })).toEqual(['0/1', '0/2'])
  expect(await numbersOf(queue, { expression: 'value.number >= 1 && stage == "process"' })).toEqual(['0/1'])
  expect(await numbersOf(queue, { expression: 'family == "unknown" && value startsWith "not"' })).toEqual(['0/3'])
  await expect(numbersOf(queue, { expression: 'value.' })).rejects.toMatchObject({ code: 'MR4403' })
})

test('aborted letters do not exist', async () => {
  const queue = 'aborted.dlq.q'
  await makeQueue(kafka, queue)
  await writeEach(kafka, queue, [letter(0)], 'abort')
  await writeEach(kafka, queue, [letter(1)])
  expect(await numbersOf(queue)).toEqual(['0/2'])
  await expect(deadLetters(kafka, null).letter({ topic: queue, partition: 0, offset: 0 })).rejects.toMatchObject({
    code: 'MR4402',
  })
})

test('what retention deletes is passed over', async () => {
  const queue = 'deleted.dlq.q'
  await makeQueue(kafka, queue)
  await write(kafka, queue, 0, [letter(0), letter(1)])
  await write(kafka, queue, 0, [letter(2)])
  await kafka.topics.deleteRecords([{ topic: queue, partition: 0, offset: 2 }])
  expect(await numbersOf(queue)).toEqual(['0/2'])
})

test('one letter is found by its place, whatever became of it, with its bytes', async () => {
  const queue = 'one.dlq.q'
  await makeQueue(kafka, queue)
  await makeMarks(kafka, 'one')
  const bytes = Uint8Array.of(0, 255, 27)
  await write(kafka, queue, 0, [letter(0), { ...letter(1), value: bytes }])
  await settle(kafka, queue, 0, 1, 'edited')
  const letters = deadLetters(kafka, 'one')
  const found = await letters.letter({ topic: 'q', partition: 0, offset: 1 })
  expect(found).toMatchObject({ state: 'edited', message: 'no price for 1', source: { topic: 'in', offset: 1 } })
  expect(found.value).toEqual(Buffer.from(bytes))
  expect(await letters.decode(found)).toMatchObject({ key: { as: 'text', value: 'k-1' }, value: { as: 'bytes' } })
  const line = lineOf(found)
  expect(line).toMatchObject({ topic: queue, partition: 0, offset: '1', value: 'AP8b', key: 'ay0x' })
  expect(line.headers).toHaveLength(found.headers.length)
  for (const place of [
    { partition: 0, offset: 7 },
    { partition: 5, offset: 0 },
  ])
    await expect(letters.letter({ topic: 'q', ...place })).rejects.toMatchObject({ code: 'MR4402' })
})

test('groups: by fingerprint, the largest first, with an example, versions and times', async () => {
  const queue = 'grouped.dlq.q'
  await makeQueue(kafka, queue, 2)
  await makeMarks(kafka, 'grouped')
  await write(kafka, queue, 0, [
    letter(0, { fingerprint: 'bbbbbbbbbbbb', node: 'tax' }, 1_000_000),
    letter(1, {}, 1_000_000),
    letter(2, { version: '2', 'parked.behind': 'in/0/1' }, 1_900_000),
    letter(3, {}, 1_950_000),
  ])
  const foreign = headersOf({ '__connect.errors.topic': 'c', '__connect.errors.exception.class.name': 'E' })
  await write(kafka, queue, 1, [
    { headers: foreign, time: 1_500_000 },
    { headers: foreign, time: 1_500_000 },
  ])
  await settle(kafka, queue, 0, 3, 'redriven')
  const { letters, groups, axis, others } = await deadLetters(kafka, 'grouped').groups({ queue: 'q' })
  expect([letters, others]).toEqual([5, 0])
  expect(groups.map(({ count, node, family }) => [count, node, family])).toEqual([
    [2, 'price', 'millrace'],
    [2, null, 'connect'],
    [1, 'tax', 'millrace'],
  ])
  expect(groups[0]).toMatchObject({
    fingerprint: 'aaaaaaaaaaaa',
    parked: 1,
    stage: 'process',
    code: 'MR4101',
    message: 'no price for 1',
    example: { topic: queue, partition: 0, offset: 1 },
    source: { topic: 'in', partition: 0, offset: 1 },
    versions: ['1', '2'],
    first: 1_000_000,
    last: 1_900_000,
  })
  expect(groups.map(({ over }) => over.reduce((sum, count) => sum + count, 0))).toEqual([2, 2, 1])
  expect(groups[0]!.over.length).toBeLessThanOrEqual(32)
  expect(axis.start).toBeLessThanOrEqual(1_000_000)
  const filtered = await deadLetters(kafka, 'grouped').groups({ queue: 'q', filter: { node: 'tax' } })
  expect(filtered.groups.map(({ count }) => count)).toEqual([1])
  const all = await deadLetters(kafka, 'grouped').groups({ queue: 'q', all: true })
  expect(all.letters).toBe(6)
})

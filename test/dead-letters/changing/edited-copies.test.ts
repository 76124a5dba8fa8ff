/** Copies of letters, and copies of those, whoever wrote the first. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { editLetter } from '../../../src/dead-letters/changing/edit.ts'
import { redrive } from '../../../src/dead-letters/moving/redrive.ts'
import { readLetters } from '../../../src/dead-letters/reading/read.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import type { RecordHeader } from '../../../src/record.ts'
import { reentryOf } from '../../../src/runtime/reentry/headers.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf, movesWorld, source } from '../moving/moves-world.ts'
import { write } from '../world.ts'

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

test('a copy of a copy comes back once, as the record it was, with the last value', async () => {
  const { put, queue, description, read, redrive: target, marks } = await movesWorld(kafka, unique('app'))
  await put([{ key: 'ada', value: 'zero', offset: 7, headers: [{ name: 'trace', value: Buffer.from('1') }] }])
  const places = ['0/0']
  for (const value of ['one', 'two', 'three']) {
    const offset = Number(places.at(-1)!.split('/')[1])
    places.push((await editLetter(kafka, { queue, partition: 0, offset, value: Buffer.from(value) })).copy)
  }
  const last = places.pop()!
  expect([...(await marks()).keys()]).toEqual(places)
  const open: unknown[] = []
  for await (const { offset, editedFrom, source: from } of readLetters(kafka, { queue }))
    open.push({ place: `0/${offset}`, editedFrom, from })
  expect(open).toEqual([{ place: last, editedFrom: places.at(-1), from: { topic: source, partition: 0, offset: 7 } }])
  expect(await redrive(kafka, { queue, description })).toMatchObject({ moved: 1 })
  const [record, ...more] = await read(target)
  expect(more).toEqual([])
  expect([record?.key?.toString(), record?.value?.toString()]).toEqual(['ada', 'three'])
  expect(record?.headers[0]).toEqual({ name: 'trace', value: Buffer.from('1') })
  expect(reentryOf(record!.headers)).toMatchObject({ offset: 7, redriveCount: 1 })
})

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

const foreign: Readonly<Record<string, readonly RecordHeader[]>> = {
  spring: [
    { name: 'kafka_dlt-original-topic', value: Buffer.from(source) },
    { name: 'kafka_dlt-original-partition', value: int32(1) },
    { name: 'kafka_dlt-original-offset', value: int64(41) },
    { name: 'kafka_dlt-exception-fqcn', value: Buffer.from('java.lang.Error') },
  ],
  connect: ['topic', 'partition', 'offset'].map((name, at) => {
    return { name: `__connect.errors.${name}`, value: Buffer.from([source, '1', '41'][at]!) }
  }),
}

test.each(Object.keys(foreign))('a letter of %s stays one when it is edited, and comes back', async (family) => {
  const { queue, description, redriven } = await movesWorld(kafka, unique('app'))
  await write(kafka, queue, 1, [{ key: 'k', value: 'bad', headers: foreign[family]! }])
  const { copy } = await editLetter(kafka, { queue, partition: 1, offset: 0, value: Buffer.from('good') })
  expect(copy).toBe('1/1')
  for await (const letter of readLetters(kafka, { queue }))
    expect(letter).toMatchObject({ family, editedFrom: '1/0', source: { topic: source, partition: 1, offset: 41 } })
  expect(await redrive(kafka, { queue, description })).toMatchObject({ moved: 1, passedOver: [] })
  expect(await redriven(1)).toEqual([41])
})

/** Pointers, edited copies, purges, imports, and where letters may go. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { appendAudit, readAudit } from '../../../src/dead-letters/audit.ts'
import { discardLetters } from '../../../src/dead-letters/changing/discard.ts'
import { editLetter } from '../../../src/dead-letters/changing/edit.ts'
import { editable } from '../../../src/dead-letters/changing/editable.ts'
import { importLetters } from '../../../src/dead-letters/changing/import.ts'
import { purgeLetters } from '../../../src/dead-letters/changing/purge.ts'
import { planRedrive, redrive } from '../../../src/dead-letters/moving/redrive.ts'
import { lineOf } from '../../../src/dead-letters/reading/ndjson.ts'
import { readLetters } from '../../../src/dead-letters/reading/read.ts'
import { deadLetter, from, json, type Serde, text, topic, topology } from '../../../src/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf, type MovesWorld, movesWorld, source } from './moves-world.ts'

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

const world = (): Promise<MovesWorld> => movesWorld(kafka, unique('app'))

async function produce(name: string, ...values: string[]): Promise<void> {
  const producer = kafka.producer()
  const batch = new BatchBuilder()
  for (const value of values) batch.append(1_000, 'big', value, [{ name: 'trace', value: Buffer.from('1') }])
  await producer.append({ topic: name, partition: 0 }, batch)
  await producer.close()
}

function pointerTo(value: string): Record<string, string> {
  return {
    '__millrace.dlq.pointer': 'true',
    '__millrace.dlq.pointer.length': String(value.length),
    '__millrace.dlq.pointer.sha256': createHash('sha256').update(value).digest('hex'),
  }
}

test('a pointer brings back the record that it points to, if that is still the one', async () => {
  const { put, queue, description, read, redrive: target } = await world()
  const [end] = await kafka.offsets([{ topic: source, partition: 0 }], 'end')
  const first = end!.offset
  await produce(source, 'whole', 'other')
  await put([
    { value: '', offset: first, more: pointerTo('whole') },
    { value: '', offset: first + 1, more: pointerTo('another') },
    { value: '', offset: first + 9, more: pointerTo('gone') },
    { value: '', offset: first, more: { ...pointerTo('whole'), '__millrace.dlq.pointer.sha256': 'none' } },
  ])
  const result = await redrive(kafka, { queue, description })
  expect(result).toMatchObject({ selected: 4, moved: 1 })
  expect(result.passedOver).toEqual([
    { partition: 0, offset: 1, reason: 'gone', note: 'another record lies at its place in the source' },
    { partition: 0, offset: 2, reason: 'gone', note: 'its record is gone from the source' },
    { partition: 0, offset: 3, reason: 'suspicious', note: 'its pointer cannot be read' },
  ])
  const [record] = await read(target)
  expect([record?.key?.toString(), record?.value?.toString(), record?.timestamp]).toEqual(['big', 'whole', 1_000])
  expect(record?.headers[0]).toEqual({ name: 'trace', value: Buffer.from('1') })
})

test('an app without an audit is told so, and none is made', async () => {
  const row = { at: '2026-11-21T00:00:00Z', who: 'ada', action: 'breaker.open', target: 'risk', detail: {} }
  const app = unique('nobody')
  await expect(appendAudit(kafka, app, row)).rejects.toMatchObject({ code: 'MR4411' })
  expect(await readAudit(kafka, app)).toEqual([])
})

test('targets are topics of the topology, and nothing else', async () => {
  const { put, queue, description, read } = await world()
  await put([{ value: 'back', offset: 0 }])
  const before = (await read(source)).length
  await expect(redrive(kafka, { queue, description, to: 'elsewhere' })).rejects.toMatchObject({ code: 'MR4414' })
  await expect(planRedrive(kafka, { queue })).rejects.toMatchObject({ code: 'MR4414' })
  await expect(planRedrive(kafka, { queue: 'elsewhere' })).rejects.toMatchObject({ code: 'MR4401' })
  const other = { ...description, internal: [] }
  await expect(planRedrive(kafka, { queue, description: other })).rejects.toMatchObject({ code: 'MR4414' })
  expect(await redrive(kafka, { queue, description, to: source })).toMatchObject({ moved: 1 })
  const records = (await read(source)).slice(before)
  expect(records.map(({ value, headers }) => [value?.toString(), headers.length])).toEqual([['back', 0]])
})

test('a letter that the target refuses does not stop the others, nor does a row without a record', async () => {
  const { put, queue, description, redriven, redrive: target } = await world()
  await kafka.admin.alterConfigs([{ type: 'topic', name: target, set: { 'max.message.bytes': '100000' } }])
  await put([
    ...[0, 1, 2].map((offset) => ({ offset })),
    { offset: 3, value: 'x'.repeat(110_000) },
    ...[4, 5].map((offset) => ({ offset })),
    { offset: -1, topic: '' },
  ])
  const result = await redrive(kafka, { queue, description })
  expect(result).toMatchObject({ selected: 6, moved: 5 })
  expect(result.passedOver.map(({ offset, reason }) => [offset, reason])).toEqual([
    [6, 'no-record'],
    [3, 'refused'],
  ])
  expect(await redriven()).toEqual([0, 1, 2, 4, 5])
})

test('filters, a limit, and what the dry run says of the order of keys', async () => {
  const { put, queue, description, redriven } = await world()
  await produce(source, ...Array.from({ length: 20 }, () => 'x'))
  await put(Array.from({ length: 6 }, (_, offset) => ({ key: offset % 2 === 0 ? 'even' : 'odd', offset })))
  const plan = await planRedrive(kafka, { queue, description, filter: { key: 'even' } })
  expect(plan).toMatchObject({ selected: 3, keysWhoseOrderMayChange: 1 })
  expect(await planRedrive(kafka, { queue, description, limit: 2 })).toMatchObject({ selected: 2 })
  expect(await redrive(kafka, { queue, description, filter: { key: 'even' }, limit: 2 })).toMatchObject({
    selected: 2,
    moved: 2,
  })
  expect(await redriven()).toEqual([0, 2])
  expect(
    await redrive(kafka, { queue, description, filter: { expression: 'value startsWith "value 5"' } }),
  ).toMatchObject({ moved: 1 })
  expect(await redriven()).toEqual([0, 2, 5])
})

test('an edited copy takes the place of the original, which stays as it was', async () => {
  const { app, put, queue, description, read, redrive: target, marks } = await world()
  const orders = topology(
    app,
    from(topic(source, { key: text, value: json() }), { onFailure: [deadLetter('unscored')] })
      .map((value) => value)
      .to(topic('scored', { key: text, value: json() })),
  )
  await put([{ key: 'ada', value: '{"a":', offset: 4 }])
  const place = { topic: queue, partition: 0, offset: 0 }
  const { text: shown, form, read: bytesOf } = await editable(kafka, place, orders)
  expect({ shown, form }).toEqual({ shown: '{"a":', form: 'text' })
  await expect(bytesOf(Buffer.from('{"a":]'))).rejects.toMatchObject({ code: 'MR4415' })
  const value = await bytesOf(Buffer.from('{"a":1}'))
  const edited = await editLetter(kafka, { queue, partition: 0, offset: 0, value, who: 'ada@desk' })
  expect(edited).toMatchObject({ from: '0/0', copy: '0/1' })
  await expect(editLetter(kafka, { queue, partition: 0, offset: 0, value })).rejects.toMatchObject({ code: 'MR4415' })
  await expect(editLetter(kafka, { queue, partition: 0, offset: 99, value })).rejects.toMatchObject({ code: 'MR4415' })
  expect((await marks()).get('0/0')).toMatchObject({ state: 'edited', who: 'ada@desk' })
  expect((await read(queue)).map((record) => record.value?.toString())).toEqual(['{"a":', '{"a":1}'])
  const audit = await readAudit(kafka, app)
  expect(JSON.stringify(audit)).not.toContain('a\\":')
  expect(audit).toMatchObject([
    { action: 'edit', target: `${queue}/0/0`, detail: { copy: '0/1', result: 'done' } },
    { action: 'edit', target: `${queue}/0/0`, detail: { result: 'failed', error: 'MR4415' } },
    { action: 'edit', target: `${queue}/0/99`, detail: { result: 'failed', error: 'MR4415' } },
  ])
  expect(await redrive(kafka, { queue, description })).toMatchObject({ selected: 1, moved: 1 })
  const [record] = await read(target)
  expect([record?.key?.toString(), record?.value?.toString()]).toEqual(['ada', '{"a":1}'])
})

function bytesOf(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}

test('bytes that are no text are edited as what the serde makes of them', async () => {
  const { app, put, queue, read } = await world()
  const double: Serde<number> = {
    name: 'double',
    nullable: false,
    decode: (given, start) => given.readDoubleBE(start),
    encode: (value) => {
      if (typeof value !== 'number') throw new TypeError('no number')
      return bytesOf(value)
    },
  }
  const numbers = topology(app, from(topic(source, { key: text, value: double })).to(topic('sums', { value: double })))
  const bytes = bytesOf(1.5)
  const producer = kafka.producer()
  await put([{ offset: 0 }])
  const [{ headers } = { headers: [] }] = await read(queue)
  const batch = new BatchBuilder()
  batch.append(1, null, bytes, headers)
  await producer.append({ topic: queue, partition: 0 }, batch)
  await producer.close()
  const place = { topic: queue, partition: 0, offset: 1 }
  const letter = await editable(kafka, place, numbers)
  expect(letter).toMatchObject({ form: 'json', text: '1.5' })
  expect(Buffer.from(await letter.read(Buffer.from('2.5')))).toEqual(bytesOf(2.5))
  await expect(letter.read(Buffer.from('two'))).rejects.toMatchObject({ code: 'MR4415' })
  expect(await editable(kafka, place)).toMatchObject({ form: 'bytes', text: null })
})

test('a purge deletes the beginning, or marks what a filter chooses', async () => {
  const { put, queue, description, read, redriven, marks } = await world()
  await put(Array.from({ length: 10 }, (_, offset) => ({ key: `k${offset}`, offset })))
  const before = { partition: 0, offset: 4 }
  expect(await purgeLetters(kafka, { queue, before, dryRun: true })).toMatchObject({
    letters: 4,
    open: 4,
    dryRun: true,
  })
  expect(await read(queue)).toHaveLength(10)
  expect(await purgeLetters(kafka, { queue, before })).toMatchObject({ action: 'deleted', letters: 4 })
  expect((await kafka.offsets([{ topic: queue, partition: 0 }], 'earliest'))[0]?.offset).toBe(4)
  const filter = { key: 'k7' }
  expect(await discardLetters(kafka, { queue, filter, dryRun: true })).toMatchObject({ letters: 1 })
  expect(await discardLetters(kafka, { queue, filter })).toMatchObject({ action: 'discarded', letters: 1 })
  expect(await discardLetters(kafka, { queue, filter })).toMatchObject({ letters: 0 })
  await redrive(kafka, { queue, description })
  expect(await redriven()).toEqual([4, 5, 6, 8, 9])
  expect([...(await marks()).keys()]).toContain('0/4')
  await purgeLetters(kafka, { queue, before: { partition: 0, offset: 6 } })
  await redrive(kafka, { queue, description })
  expect([...(await marks()).keys()].sort()).toEqual(['0/6', '0/7', '0/8', '0/9'])
})

test('what was exported is imported verbatim, or not at all', async () => {
  const from = await world()
  const to = await world()
  await from.put([
    { key: null, value: 'one', offset: 1 },
    { key: 'k', value: '\u0000\u0001', offset: 2, partition: 1 },
  ])
  const lines: string[] = []
  for await (const letter of readLetters(kafka, { queue: from.queue })) lines.push(JSON.stringify(lineOf(letter)))
  await expect(
    importLetters(kafka, { queue: to.queue, lines: [lines[0]!, '', '{"partition":"x"}', 'no'] }),
  ).rejects.toMatchObject({ code: 'MR4416', text: { why: 'line 3: partition is no whole number\nline 4: no JSON' } })
  expect(await importLetters(kafka, { queue: to.queue, lines, dryRun: true })).toMatchObject({ letters: 2 })
  expect(await to.read(to.queue)).toEqual([])
  expect(await importLetters(kafka, { queue: to.queue, lines })).toMatchObject({
    letters: 2,
    families: { millrace: 2 },
  })
  const essence = async ({ read, queue }: MovesWorld): Promise<unknown[]> =>
    (await read(queue)).map(({ key, value, headers, partition }) => ({ key, value, headers, partition }))
  expect(await essence(to)).toEqual(await essence(from))
  expect(await redrive(kafka, { queue: to.queue, description: to.description })).toMatchObject({ moved: 2 })
})

/** Workers whose schemas are in a registry: versions side by side, ids nobody knows, a registry that goes and comes back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { deadLetter, from, nullable, type Serde, type Topology, text, topic, topology } from '../../../src/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { subscribe, type WorkerEvents } from '../../../src/observe/events.ts'
import { type EmbeddedRegistry, startRegistry } from '../../../src/registry/index.ts'
import { avro, jsonSchema } from '../../../src/serde/registry/avro.ts'
import { type Input, type RuntimeBench, runtimeTools } from '../../contracts/runtime-tools.ts'
import { connected, unique, until } from '../../contracts/tools.ts'

const first = { type: 'record', name: 'Order', namespace: 'shop', fields: [{ name: 'id', type: 'string' }] } as const
const second = { ...first, fields: [...first.fields, { name: 'total', type: 'double', default: -1 }] } as const

let broker: EmbeddedBroker
let bench: RuntimeBench
let registry: EmbeddedRegistry
let registryKafka: Kafka
const clients: Kafka[] = []

beforeAll(async () => {
  broker = await startBroker({ groupMinimumSessionTimeout: { milliseconds: 500 } })
  const client = async (): Promise<Kafka> => {
    const kafka = await connected(broker.address)
    clients.push(kafka)
    return kafka
  }
  const kafka = await client()
  registryKafka = await client()
  bench = runtimeTools({ brokers: () => broker.address, kafka: () => kafka, client })
  registry = await startRegistry({ kafka: registryKafka })
})
afterAll(async () => {
  await registry.close()
  for (const client of clients) await client.close()
  await broker.close()
})

/** On the port it had: its address is what the serdes know. */
async function restartRegistry(): Promise<void> {
  registry = await startRegistry({ kafka: registryKafka, port: registry.port })
}

/** Values as another program would write them. */
async function encoded<T>(
  serde: Serde<T>,
  name: string,
  values: readonly T[],
  more: Partial<Input> = {},
): Promise<Input[]> {
  await serde.prepare!({ topic: name, part: 'value', writes: true })
  return values.map((value, index) => ({
    value: Buffer.from(serde.encode(value) as Uint8Array),
    time: 1_000 + index,
    ...more,
  }))
}

interface Shop {
  readonly built: Topology
  readonly orders: string
  readonly totals: string
}

async function shop(timeout?: { milliseconds: number }, partitions = 1): Promise<Shop> {
  const app = unique('shop')
  const value = avro({ registry: registry.url, schema: second, ...(timeout && { timeout }) })
  const orders = topic(`${app}.orders`, { key: nullable(text), value })
  const totals = topic(`${app}.totals`, { key: nullable(text), value: text })
  await bench.create(partitions, orders.name, totals.name)
  const copied = from(orders, { onFailure: [deadLetter('orders')] }).map(({ id, total }) => `${id} ${total}`)
  return { built: topology(app, copied.to(totals)), orders: orders.name, totals: totals.name }
}

async function valuesIn(name: string): Promise<string[]> {
  return (await bench.read(name)).map(({ value }) => String(value))
}

/** Those that have come so far; the topic is made when the worker starts. */
async function lettersOf({ name }: Topology): Promise<Awaited<ReturnType<RuntimeBench['read']>>> {
  const letters = `${name}.dlq.orders`
  const [info] = await bench.kafka.topics.describe([letters])
  return info!.exists ? await bench.read(letters) : []
}

const unknown: Input = { value: Buffer.from([0, 0, 0x7f, 0xff, 0xff, 0]), time: 2_000 }

describe('two versions in one topic', () => {
  test('are read as the one that the reader knows; an unknown id is a dead letter with its reason', async () => {
    const { built, orders, totals } = await shop()
    const old = await encoded(avro({ registry: registry.url, schema: first }), orders, [{ id: 'a' }, { id: 'b' }])
    const young = await encoded(avro({ registry: registry.url, schema: second }), orders, [{ id: 'c', total: 3 }])
    await bench.produce(orders, [old[0]!, young[0]!, unknown, old[1]!])
    const summary = await bench.run(built)
    expect(summary).toMatchObject({ recordsIn: 3, recordsOut: 3, deadLetters: 1, skipped: 0 })
    expect(await valuesIn(totals)).toEqual(['a -1', 'c 3', 'b -1'])
    const letters = await lettersOf(built)
    expect(letters).toHaveLength(1)
    expect(letters[0]!.value).toEqual(unknown.value)
    expect(letters[0]!.headers.map(({ value }) => String(value)).join()).toContain('No schema has the id 8388607')
  })

  test('as JSON: what was added has its default, what does not fit is a dead letter', async () => {
    const app = unique('json')
    const older = { type: 'object', properties: { id: { type: 'string' } }, additionalProperties: false }
    const schema = { ...older, properties: { ...older.properties, total: { type: 'number', default: 0 } } }
    const value = jsonSchema<{ id: string; total: number }>({ registry: registry.url, schema })
    const orders = topic(`${app}.orders`, { value })
    const copies = topic(`${app}.copies`, { key: nullable(text), value })
    await bench.create(1, orders.name, copies.name)
    const old = await encoded(jsonSchema<{ id: string }>({ registry: registry.url, schema: older }), orders.name, [
      { id: 'a' },
    ])
    const bad = Buffer.concat([(old[0]!.value as Buffer).subarray(0, 5), Buffer.from('{"id":7}')])
    await bench.produce(orders.name, [old[0]!, { value: bad, time: 2_000 }])
    const summary = await bench.run(topology(app, from(orders, { onFailure: [deadLetter('orders')] }).to(copies)))
    expect(summary).toMatchObject({ recordsOut: 1, deadLetters: 1 })
    expect((await valuesIn(copies.name)).map((each) => each.slice(5))).toEqual(['{"id":"a","total":0}'])
    const versions = await (await fetch(`${registry.url}/subjects/${app}.copies-value/versions/1`)).json()
    expect(versions).toMatchObject({ schemaType: 'JSON', schema: JSON.stringify(schema) })
  })

  test('a reader registers nothing under the subjects it reads, a writer under those it writes', async () => {
    const app = unique('copy')
    const names = { orders: `${app}.orders`, copies: `${app}.copies` }
    await bench.create(1, names.orders, names.copies)
    const orders = topic(names.orders, { value: avro({ registry: registry.url, schema: first }) })
    const key = avro({ registry: registry.url, schema: 'string' })
    const copies = topic(names.copies, {
      key,
      value: avro({ registry: registry.url, schema: first, subject: 'topic-record' }),
    })
    const built = topology(
      app,
      from(orders)
        .keyBy('id', ({ id }) => id, { key, value: orders.value })
        .to(copies),
    )
    await bench.run(built)
    const subjects = (await (await fetch(`${registry.url}/subjects?subjectPrefix=${app}`)).json()) as string[]
    expect(subjects).toEqual([
      `${app}.copies-key`,
      `${app}.copies-shop.Order`,
      `${app}.id.repartition-key`,
      `${app}.id.repartition-value`,
    ])
  })
})

describe('a registry that is away', () => {
  test('while the worker runs: it waits with the partition, works at the others, and loses nothing', async () => {
    const { built, orders, totals } = await shop(undefined, 2)
    const old = await encoded(avro({ registry: registry.url, schema: first }), orders, [
      { id: 'a' },
      { id: 'b' },
      { id: 'c' },
    ])
    const schema = { ...second, fields: [...second.fields, { name: 'x', type: 'int', default: 0 }] } as const
    const young = await encoded(avro({ registry: registry.url, schema }), orders, [
      { id: 'n1', total: 1, x: 1 },
      { id: 'n2', total: 2, x: 2 },
    ])
    const waits: WorkerEvents['record.waiting'][] = []
    const stopListening = subscribe('record.waiting', (event) => void waits.push(event))
    const worker = bench.start(built)
    await bench.produce(orders, [old[0]!])
    await until('the first is through', async () => (await valuesIn(totals)).length === 1)

    await registry.close()
    const before = waits.length
    await bench.produce(orders, [young[0]!, { ...old[1]!, partition: 0 }, young[1]!])
    await until('the worker has asked more than once', () => waits.length >= before + 3)
    // Another partition, whose ids are known, goes on; nothing of the one that waits has come out.
    await bench.produce(orders, [{ ...old[2]!, partition: 1 }])
    await until('the other partition is through', async () => (await valuesIn(totals)).includes('c -1'))
    expect(await valuesIn(totals)).toEqual(expect.not.arrayContaining(['n1 1', 'b -1', 'n2 2']))

    await restartRegistry()
    await until('all are through', async () => (await valuesIn(totals)).length === 5)
    const summary = await worker.stop()
    stopListening()
    expect(
      (await bench.read(totals)).filter(({ partition }) => partition === 0).map(({ value }) => String(value)),
    ).toEqual(['a -1', 'n1 1', 'b -1', 'n2 2'])
    expect(summary).toMatchObject({ recordsIn: 5, recordsOut: 5, deadLetters: 0, aborts: 0 })
    expect(waits.at(-1)).toMatchObject({ topic: orders, partition: 0, offset: 1 })
  })

  test('for longer than a record may wait: the policy of the step decides', async () => {
    const { built, orders, totals } = await shop({ milliseconds: 300 })
    const young = await encoded(avro({ registry: registry.url, schema: second }), orders, [{ id: 'a', total: 1 }])
    const worker = bench.start(built)
    await registry.close()
    await bench.produce(orders, [young[0]!, young[0]!])
    await until('both are dead letters', async () => (await lettersOf(built)).length === 2)
    await restartRegistry()
    // It went on asking, and now knows.
    await bench.produce(orders, young)
    await until('a later one is through', async () => {
      if ((await valuesIn(totals)).length > 0) return true
      await bench.produce(orders, young)
      return false
    })
    const summary = await worker.stop()
    expect(summary.recordsIn).toBe(summary.recordsOut)
    const reason = (await lettersOf(built))[0]!.headers.map(({ value }) => String(value)).join()
    expect(reason).toContain('MR3006')
  })

  test('when the worker starts: an error that says what to do', async () => {
    const { built } = await shop()
    const value = avro({ registry: 'http://127.0.0.1:1', schema: second })
    const out = topic(`${built.name}.out`, { value })
    await bench.create(1, out.name)
    const orders = topic(`${built.name}.orders`, { value })
    const failing = topology(built.name, from(orders).to(out))
    await expect(bench.run(failing)).rejects.toMatchObject({
      code: 'MR3006',
      text: { fix: expect.stringContaining('registry') },
    })
  })

  test('while state is restored: the task opens once its schemas are here', async () => {
    const app = unique('sums')
    const orders = topic(`${app}.orders`, { key: text, value: avro({ registry: registry.url, schema: second }) })
    const sums = topic(`${app}.sums`, { key: text, value: text })
    await bench.create(1, orders.name, sums.name)
    const total = { type: 'record', name: 'Total', fields: [{ name: 'sum', type: 'double' }] } as const
    const later = { ...total, fields: [...total.fields, { name: 'count', type: 'int', default: 100 }] } as const
    const build = (schema: typeof total | typeof later): Topology => {
      const as = avro<{ sum: number; count?: number }>({ registry: registry.url, schema })
      const add = ({ sum, count = 0 }: { sum: number; count?: number }, { total: more }: { total: number }) => ({
        sum: sum + more,
        count: count + 1,
      })
      const summed = from(orders).aggregate('per-key', { as, start: () => ({ sum: 0, count: 0 }), add })
      return topology(app, summed.map(({ sum, count = 0 }) => `${sum} ${count}`).to(sums))
    }
    const input = await encoded(
      avro({ registry: registry.url, schema: second }),
      orders.name,
      [{ id: 'a', total: 1 }],
      { key: 'k' },
    )
    await bench.produce(orders.name, input)
    await bench.run(build(total))
    // A later version of the state's schema, a new process, and a registry that goes away after the start.
    const waiting = build(later)
    const gone = Promise.withResolvers<void>()
    const stopListening = subscribe('worker.started', () => {
      void registry.close().then(gone.resolve)
    })
    const worker = bench.start(waiting)
    await gone.promise
    stopListening()
    await bench.produce(orders.name, input)
    await restartRegistry()
    await until('both are summed', async () => (await valuesIn(sums.name)).length === 2)
    // Its own rows it can read without asking.
    await registry.close()
    await bench.produce(orders.name, input)
    await until('a third is summed', async () => (await valuesIn(sums.name)).length === 3)
    await restartRegistry()
    await worker.stop()
    expect(await valuesIn(sums.name)).toEqual(['1 1', '2 101', '3 102'])
  })
})

describe('a schema that may not be written with', () => {
  async function writing(value: Serde<{ id: string }>): Promise<Topology> {
    const app = unique('refused')
    const orders = topic(`${app}.orders`, { value: avro({ registry: registry.url, schema: first }) })
    const copies = topic(`${app}.copies`, { value })
    await bench.create(1, orders.name, copies.name)
    return topology(app, from(orders).to(copies))
  }

  test('since it is not registered, and autoRegister is false', async () => {
    const built = await writing(avro({ registry: registry.url, schema: first, autoRegister: false }))
    await expect(bench.run(built)).rejects.toMatchObject({ code: 'MR3007' })
    await avro({ registry: registry.url, schema: first }).prepare!({
      topic: `${built.name}.copies`,
      part: 'value',
      writes: true,
    })
    await expect(bench.run(built)).resolves.toMatchObject({ recordsIn: 0 })
  })

  test('since it may not follow the one before', async () => {
    const built = await writing(avro({ registry: registry.url, schema: first, subject: () => 'taken' }))
    const before = avro({
      registry: registry.url,
      schema: { ...first, fields: [{ name: 'other', type: 'int' }] } as const,
    })
    await before.prepare!({ topic: 'taken', part: 'value', writes: true })
    const naming = { registry: registry.url, schema: first, subject: () => 'taken-value' } as const
    const again = await writing(avro(naming))
    await expect(bench.run(again)).rejects.toMatchObject({ code: 'MR3007', text: { where: 'subject taken-value' } })
    await expect(bench.run(built)).resolves.toMatchObject({ recordsIn: 0 })
  })
})

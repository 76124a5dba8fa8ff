/** Batches that can't be read: the task stands before them, visibly; the worker, and all that precedes them, are well. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bytes,
  from,
  KafkaError,
  nullable,
  run,
  subscribe,
  topic,
  topology,
  type WorkerEvents,
} from '../../src/index.ts'
import type { FetchedPartition, Kafka } from '../../src/kafka/port.ts'
import { setCrc } from '../../src/wire/batch/batch-layout.ts'
import { BatchBuilder, RecordBatch } from '../../src/wire/batch.ts'
import { add, read, write } from './records.ts'
import { Desk } from './worked.ts'

let desk: Desk
beforeAll(async () => {
  desk = await Desk.open()
})
afterAll(() => desk.close())

const raw = nullable(bytes)
/** Records before the bad batch, and its place. */
const good = 3

/** A client whose fetches bring something else instead of the batch at that offset, as a broken disk would. */
function damaged(kafka: Kafka, name: string, damage: (batch: RecordBatch) => RecordBatch): Kafka {
  const spoilt = (fetched: FetchedPartition): FetchedPartition => {
    if (fetched.topic !== name) return fetched
    return { ...fetched, batches: fetched.batches.map((batch) => (batch.baseOffset === good ? damage(batch) : batch)) }
  }
  return delegate(kafka, {
    fetcher: (...options) => {
      const fetcher = kafka.fetcher(...options)
      return delegate(fetcher, { poll: async (wait) => (await fetcher.poll(wait)).map(spoilt) })
    },
  })
}

/** The same object but for some methods. */
function delegate<T extends object>(target: T, instead: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(name in instead ? instead : target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
    has: (_, name) => name in target,
  })
}

function miscounted(by: number) {
  return ({ bytes: source, start, end }: RecordBatch): RecordBatch => {
    const copy = Buffer.from(source.subarray(start, end))
    // The number of records is the last field of the header.
    copy.writeInt32BE(copy.readInt32BE(57) + by, 57)
    setCrc(copy, 0)
    return new RecordBatch(copy, 0, copy.length)
  }
}

/** A kilobyte that would be a gigabyte. */
function bomb(batch: RecordBatch): RecordBatch {
  const builder = new BatchBuilder()
  add(builder, { value: Buffer.alloc(200_000_000) })
  const built = Buffer.from(builder.build({ compression: 'zstd' }))
  built.writeBigInt64BE(BigInt(batch.baseOffset))
  return new RecordBatch(built, 0, built.length)
}

function corrupt({ baseOffset }: RecordBatch): never {
  const partition = { topic: `${names[2]}.in`, partition: 0 }
  throw new KafkaError('fatal', 'CORRUPT_MESSAGE', 'Fetch', `the checksum at ${baseOffset} is wrong`, { partition })
}

const names = ['more', 'bomb', 'checksum', 'fewer']

test.each([
  // What is whole of it is worked.
  ['more', 'says that it has more records than it has', miscounted(1), good + 1],
  ['bomb', 'inflates beyond all bounds', bomb, good],
  // Nothing of an answer is believed in which a checksum is wrong.
  ['checksum', 'has a wrong checksum, however often it is fetched', corrupt, 0],
  ['fewer', 'says that it has fewer records than it has', miscounted(-1), good],
])('%s: a batch that %s', async (app, _, damage, offset) => {
  const [input, output] = [`${app}.in`, `${app}.out`]
  const values = Array.from({ length: good + 2 }, (__, at) => `v${at}`)
  await desk.client.topics.create([input, output].map((name) => ({ name, partitions: 1 })))
  await write(
    desk.client,
    input,
    values.map((value) => ({ value })),
  )
  const outcome = async (): Promise<string[]> => (await read(desk.client, output)).map(({ value }) => `${value}`)
  const came = async (count: number): Promise<void> => {
    while ((await outcome()).length < count);
  }
  let isDamaged = true
  const stopping = new AbortController()
  const flow = from(topic(input, { key: raw, value: raw })).to(topic(output, { key: raw, value: raw }))
  const kafka = damaged(desk.client, input, (batch) => (isDamaged ? damage(batch) : batch))
  const paused = next('task.paused')
  const worker = run(topology(app, flow), { kafka, signal: stopping.signal })
  worker.catch(() => undefined)
  expect(await Promise.race([paused, worker])).toMatchObject({ task: `${input}-0`, topic: input, partition: 0, offset })
  await came(offset)
  expect(await outcome()).toEqual(values.slice(0, offset))
  isDamaged = false
  const resumed = next('task.resumed')
  const command = { at: new Date().toISOString(), who: 'test', action: 'task.resume', target: `${input}-0`, detail: {} }
  await write(desk.client, `${app}.audit`, [{ value: JSON.stringify(command), time: Date.now() }])
  await resumed
  await came(values.length)
  stopping.abort()
  await worker
  expect(await outcome()).toEqual(values)
})

/** The next event of that name. */
function next<E extends keyof WorkerEvents>(name: E): Promise<WorkerEvents[E]> {
  return new Promise((resolve) => {
    const unsubscribe = subscribe(name, (event) => {
      unsubscribe()
      resolve(event)
    })
  })
}

/** Clients that others have written, on the embedded broker: kafkajs and kcat (librdkafka). */
import { execFile, execFileSync } from 'node:child_process'
import kafkajs, { type Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker({ markerDelay: { minimum: 1, maximum: 10 } })
  kafka = new kafkajs.Kafka({
    brokers: [broker.address],
    logLevel: kafkajs.logLevel.NOTHING,
    // Its default makes it sleep 300 ms on every CONCURRENT_TRANSACTIONS.
    retry: { initialRetryTime: 10 },
  })
})
afterAll(() => broker.close())

async function createTopic(topic: string, numPartitions = 1): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  expect(await admin.createTopics({ topics: [{ topic, numPartitions }] })).toBe(true)
  await admin.disconnect()
}

const values = (count: number, prefix = 'v'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)

async function produce(topic: string, texts: readonly string[]): Promise<void> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, messages: texts.map((value) => ({ key: value, value })) })
  await producer.disconnect()
}

/** Values of a topic, read by a group from its position on until `count` of them are there. */
async function consume(topic: string, groupId: string, count: number, readUncommitted = false): Promise<string[]> {
  const consumer = kafka.consumer({ groupId, readUncommitted })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const found: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  await consumer.run({
    eachMessage: async ({ message }) => {
      found.push(String(message.value))
      if (found.length === count) resolve()
    },
  })
  await promise
  await consumer.disconnect()
  return found.sort()
}

/** Commits `kept`, aborts `dropped`, and commits a position with each. */
async function transact(topic: string): Promise<void> {
  const producer = kafka.producer({ transactionalId: `${topic}-writer`, idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const [value, ending, offset] of [
    ['kept', 'commit', '1'],
    ['dropped', 'abort', '2'],
    ['kept too', 'commit', '3'],
    ['dropped too', 'abort', '4'],
  ] as const) {
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ key: 'k', value }] })
    const topics = [{ topic, partitions: [{ partition: 0, offset }] }]
    await transaction.sendOffsets({ consumerGroupId: `${topic}-reader`, topics })
    await transaction[ending]()
  }
  await producer.disconnect()
}

describe('kafkajs', () => {
  test('produces, and a group goes on where it was', async () => {
    await createTopic('group', 3)
    await produce('group', values(50))
    expect(await consume('group', 'one', 50)).toEqual(values(50).sort())
    await produce('group', values(7, 'more'))
    expect(await consume('group', 'one', 7)).toEqual(values(7, 'more'))
    expect(await consume('group', 'two', 57)).toHaveLength(57)
  })

  test('commits and aborts; positions move with the transaction', async () => {
    await createTopic('transactions')
    await transact('transactions')
    expect(await consume('transactions', 'committed', 2)).toEqual(['kept', 'kept too'])
    expect(await consume('transactions', 'all', 4, true)).toEqual(['dropped', 'dropped too', 'kept', 'kept too'])
    const admin = kafka.admin()
    await admin.connect()
    const positionOf = async (): Promise<string | undefined> => {
      const [found] = await admin.fetchOffsets({ groupId: 'transactions-reader', topics: ['transactions'] })
      return found?.partitions[0]?.offset
    }
    await expect.poll(positionOf).toBe('3')
    await admin.disconnect()
  })
})

const lacking = reasonWithoutKcat()
if (lacking !== null) {
  if (process.env.CI === 'true') throw new Error(`kcat is needed where CI=true: ${lacking}`)
  console.log(`kcat left out: ${lacking}`)
}

function reasonWithoutKcat(): string | null {
  try {
    execFileSync('kcat', ['-V'], { stdio: 'ignore' })
    return null
  } catch {
    return 'it is not installed (Debian: apt-get install kcat)'
  }
}

/** The lines kcat prints. */
function kcat(words: readonly string[], input = ''): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = execFile('kcat', ['-b', broker.address, ...words], { timeout: 30_000 }, (error, stdout) => {
      if (error === null) resolve(stdout.split('\n').filter((line) => line !== ''))
      else reject(error)
    })
    child.stdin?.end(input)
  })
}

describe.skipIf(lacking !== null)('kcat', () => {
  const lines = `${values(20).join('\n')}\n`
  const read = (topic: string, ...more: string[]) => kcat(['-C', '-t', topic, '-o', 'beginning', '-e', '-q', ...more])

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('produces and consumes, compression %s', async (codec) => {
    await createTopic(`kcat-${codec}`)
    await kcat(['-P', '-t', `kcat-${codec}`, '-z', codec], lines)
    expect(await read(`kcat-${codec}`)).toEqual(values(20))
  })

  test('reads committed or everything', async () => {
    await createTopic('kcat-committed')
    await transact('kcat-committed')
    expect(await read('kcat-committed')).toEqual(['kept', 'kept too'])
    expect(await read('kcat-committed', '-X', 'isolation.level=read_uncommitted')).toHaveLength(4)
  })

  test('produces in a transaction', async () => {
    await createTopic('kcat-transaction')
    await kcat(['-P', '-t', 'kcat-transaction', '-X', 'transactional.id=kcat'], lines)
    // The markers come after the answer to the commit.
    await expect.poll(() => read('kcat-transaction'), { timeout: 20_000 }).toEqual(values(20))
  })

  test('joins a group', async () => {
    await createTopic('kcat-group', 2)
    await produce('kcat-group', values(30))
    const found = await kcat(['-G', 'kcat', '-e', '-q', '-X', 'auto.offset.reset=earliest', 'kcat-group'])
    expect(found.sort()).toEqual(values(30).sort())
  })

  test('finds offsets by time', async () => {
    await createTopic('kcat-times')
    await kcat(['-P', '-t', 'kcat-times'], lines)
    expect(await kcat(['-Q', '-t', 'kcat-times:0:0'])).toEqual(['kcat-times [0] offset 0'])
    expect(await kcat(['-Q', '-t', 'kcat-times:0:-1'])).toEqual(['kcat-times [0] offset 20'])
  })
})

/** librdkafka, by Confluent's Python client, on the embedded broker. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BatchBuilder, connectTool } from '../../scripts/tools/client.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { confluentKafka } from './pip.ts'

const folder = confluentKafka()
const program = fileURLToPath(new URL('../peers/confluent/transactions.py', import.meta.url))
const records = 300

interface Copied {
  readonly transactions: number
  readonly aborted: number
  readonly position: number
  readonly committed: readonly number[]
  readonly all: number
}

describe.skipIf(folder === null).each([2, 0] as const)('librdkafka, transaction.version %s', (transactionVersion) => {
  let broker: EmbeddedBroker

  beforeAll(async () => {
    broker = await startBroker({ features: { transactionVersion }, shuffleAborted: true })
    const kafka = await connectTool(broker.address, 'confluent')
    await kafka.topics.create(['input', 'output'].map((name) => ({ name, partitions: 1 })))
    const batch = new BatchBuilder()
    for (let record = 0; record < records; record++) batch.append(Date.now(), null, String(record))
    await kafka.producer().append({ topic: 'input', partition: 0 }, batch)
    await kafka.close()
  })
  afterAll(() => broker?.close())

  test('copies in transactions, some of which abort: every record once', async () => {
    const words = [program, broker.address, 'input', 'output']
    const options = { env: { ...process.env, PYTHONPATH: folder ?? '' }, timeout: 55_000 }
    const { stdout } = await promisify(execFile)('python3', words, options)
    const copied = JSON.parse(stdout.trim().split('\n').at(-1)!) as Copied
    expect(copied.committed).toEqual(Array.from({ length: records }, (_, index) => index))
    expect(copied.position).toBe(records)
    expect(copied.aborted).toBeGreaterThan(0)
    expect(copied.all).toBeGreaterThan(records)
  })
})

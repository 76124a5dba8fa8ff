import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectTool } from '../../scripts/tools/client.ts'
import { partitionFor } from '../../src/kafka/murmur2.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { type Ended, fixture, millrace, type RunningCommand, start } from './command.ts'

const partitions = 3
const names = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay']
const noon = Date.parse('2013-01-01T12:00:00Z')

describe('millrace store', () => {
  let broker: RunningCommand
  let worker: RunningCommand
  let brokers = ''
  let url = ''

  const store = (...words: string[]): Promise<Ended> => millrace(['store', ...words], { KAFKA_BROKERS: brokers })

  async function produce(
    topic: string,
    rows: readonly (readonly [key: string, value: string, time: number])[],
  ): Promise<void> {
    const kafka = await connectTool(brokers, 'test')
    const producer = kafka.producer()
    for (const [key, value, time] of rows) {
      const batch = new BatchBuilder()
      batch.append(time, key, value)
      await producer.append({ topic, partition: partitionFor(Buffer.from(key), partitions) }, batch)
    }
    await producer.close()
    await kafka.close()
  }

  beforeAll(async () => {
    broker = start(['broker', '--port', '0'])
    brokers = (await broker.says(/^ready (.*)$/m))[1] ?? ''
    const kafka = await connectTool(brokers, 'test')
    const topics = ['words', 'prices', 'totals-out', 'minutes-out', 'prices-out']
    await kafka.topics.create(
      topics.map((name) => ({ name, partitions, configs: { 'retention.ms': '-1', 'cleanup.policy': 'compact' } })),
    )
    await kafka.close()
    await produce(
      'words',
      names.map((name, at) => [name, 'hello', noon + at]),
    )
    await produce('prices', [
      ['tea', '3', noon],
      ['tea', '4', noon + 60_000],
    ])
    worker = start(['run', fixture('stores.ts'), '--threads', '2', '--queries', '0'], { KAFKA_BROKERS: brokers })
    url = (await worker.warns(/queries of looked at (\S+)\/stores/))[1] ?? ''
    await worker.warns(/queries of looked at (?!undefined)\S+[\s\S]*queries of looked at/)
    for (let found = 0; found < names.length; ) {
      const { stdout } = await store('scan', 'totals', '-o', 'ndjson')
      found = stdout.split('\n').length - 1
    }
    for (let price = ''; !price.includes('"value":4'); ) price = (await store('get', 'prices', 'tea', '--json')).stdout
  }, 180_000)

  afterAll(async () => {
    worker.kill('SIGTERM')
    expect((await worker.ended).code).toBe(0)
    broker.kill('SIGTERM')
    await broker.ended
  })

  test('ls lists the stores of a worker that Kafka names, or of the one given', async () => {
    const [found, given, app] = await Promise.all([
      store('ls', '--json'),
      store('ls', '--url', url, '--json'),
      store('ls', '--app', 'looked', '--json'),
    ])
    expect(found).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(found.stdout)).toEqual(JSON.parse(given.stdout))
    expect(JSON.parse(found.stdout)).toEqual(JSON.parse(app.stdout))
    const { schemaVersion, stores } = JSON.parse(found.stdout) as {
      schemaVersion: number
      stores: { name: string; tasks: { address: string }[] }[]
    }
    expect(schemaVersion).toBe(1)
    expect(stores.map(({ name }) => name)).toEqual(['per-minute', 'prices', 'totals'])
    // Two threads, each with a port of its own.
    expect(new Set(stores.flatMap(({ tasks }) => tasks.map(({ address }) => address))).size).toBe(2)
    expect((await store('ls')).stdout).toMatch(
      /^store {2,}kind {2,}can be asked[^\n]*\n(?:[^\n]*\n)*totals +table +get range scan +text -> number +3\/3\n/,
    )
  })
  test('get prints the row of a key, whichever thread has it', async () => {
    for (const name of names) {
      const { code, stdout } = await store('get', 'totals', name, '--url', url, '--json')
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        schemaVersion: 1,
        store: 'totals',
        role: 'active',
        row: { key: name, value: 1 },
      })
    }
    const { stdout, stderr } = await store('get', 'totals', 'ada')
    expect(stdout).toBe('key  value  time\nada  1      2013-01-01T12:00:00.000Z\n')
    expect(stderr).toMatch(/^\S+-\d, active, position \d+, lag 0\n$/)
  })
  test('get prints the windows of a key, and a version as of a time', async () => {
    const windows = await store('get', 'per-minute', 'ada', '-o', 'ndjson')
    expect(JSON.parse(windows.stdout)).toMatchObject({
      value: 1,
      window: { start: '2013-01-01T12:00:00.000Z', end: '2013-01-01T12:01:00.000Z' },
    })
    const version = await store('get', 'prices', 'tea', '--at', '2013-01-01T12:00:30Z', '--json')
    expect(JSON.parse(version.stdout)).toMatchObject({ row: { value: 3, valid: { to: '2013-01-01T12:01:00.000Z' } } })
  })
  test('scan prints rows in pages, as many as are wanted', async () => {
    const all = await store('scan', 'totals', '--limit', '0', '-o', 'ndjson')
    const keys = all.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key)
    expect(keys.toSorted()).toEqual(names)
    const some = await store('scan', 'totals', '--limit', '2', '--json')
    expect(JSON.parse(some.stdout)).toMatchObject({ complete: false, rows: [{}, {}] })
    const range = await store('scan', 'totals', '--from', 'b', '--to', 'd', '--json')
    expect(JSON.parse(range.stdout)).toMatchObject({ complete: true, rows: [{}, {}] })
    expect((await store('scan', 'totals', '--limit', '2')).stderr).toContain('--limit 0')
  })
  test('an address that other machines reach needs a token', async () => {
    const words = ['run', fixture('stores.ts'), '--queries', '0', '--queries-host', '0.0.0.0', '--json']
    const { code, stdout } = await millrace(words, { KAFKA_BROKERS: brokers })
    expect({ code, error: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 2,
      error: { error: { code: 'MR1003', fix: expect.stringContaining('MILLRACE_QUERIES_TOKEN') } },
    })
  })
  test.concurrent.each([
    [['get', 'totals', 'nobody'], 3, 'MR4202'],
    [['get', 'nothing', 'ada'], 3, 'MR4202'],
    [['get', 'per-minute', 'nobody'], 3, 'MR4202'],
    [['get', 'totals', 'ada', '--at', '2013-01-01'], 2, 'MR4203'],
    [['scan', 'per-minute', '--from', 'soon'], 2, 'MR4203'],
    [['ls', '--app', 'nobody'], 5, 'MR4201'],
    [['ls', '--url', 'http://127.0.0.1:1'], 5, 'MR4201'],
    [['ls', '--url', 'nonsense'], 2, 'MR1003'],
    [['get', 'totals'], 2, 'MR1001'],
    [['scan', 'totals', '--limit', 'all'], 2, 'MR1001'],
    [['ls', '-o', 'yaml'], 2, 'MR1001'],
  ])('%j ends with %i, %s', async (words, exit, code) => {
    const { code: ended, stdout } = await store(...words, '--json')
    expect({ ended, code: (JSON.parse(stdout) as { error: { code: string } }).error.code }).toEqual({
      ended: exit,
      code,
    })
  })
})

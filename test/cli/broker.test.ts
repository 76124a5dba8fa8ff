import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { millrace, start } from './command.ts'

test('the broker says where it is ready, answers a foreign client, and ends with 0 on SIGTERM', async () => {
  const broker = start(['broker', '--port', '0', '--partitions', '3'])
  const [, address = ''] = await broker.says(/^ready (127\.0\.0\.1:\d+)$/m)
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'made' }] })
  const topics = await admin.listTopics()
  const { topics: described } = await admin.fetchTopicMetadata({ topics: ['made'] })
  await admin.disconnect()
  broker.kill('SIGTERM')
  const { code, stderr } = await broker.ended
  expect(topics).toEqual(['made'])
  expect(described[0]?.partitions).toHaveLength(3)
  expect(code).toBe(0)
  expect(stderr).toMatch(/not for production/i)
})

test('a client that stays connected does not keep the broker from ending', async () => {
  const broker = start(['broker', '--port', '0', '--json'])
  const [line] = await broker.says(/^\{"address".*\}$/m)
  const { address } = JSON.parse(line) as { address: string }
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin()
  await admin.connect()
  broker.kill('SIGINT')
  expect((await broker.ended).code).toBe(0)
  await admin.disconnect()
})

test('a port in use is one clear error', async () => {
  const broker = start(['broker', '--port', '0'])
  const [, port = ''] = await broker.says(/^ready .*:(\d+)$/m)
  const second = await millrace(['broker', '--port', port])
  broker.kill('SIGTERM')
  await broker.ended
  expect(second.code).toBe(2)
  expect(second.stderr).toMatch(new RegExp(`^error MR1003 {2}127\\.0\\.0\\.1:${port} is in use$`, 'm'))
  expect(second.stderr).toContain('--port')
})

test('several nodes and a control endpoint: a node is killed from outside', async () => {
  const broker = start(['broker', '--port', '0', '--nodes', '2', '--control', '0', '--json'])
  const [line] = await broker.says(/^\{"address".*\}$/m)
  const { addresses, control } = JSON.parse(line) as { addresses: string; control: string }
  const admin = new Kafka({ brokers: addresses.split(','), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const before = await admin.describeCluster()
  const killed = await fetch(`${control}/nodes/2/kill`, { method: 'POST' })
  const after = await admin.describeCluster()
  await admin.disconnect()
  broker.kill('SIGTERM')
  expect((await broker.ended).code).toBe(0)
  expect([before.brokers.length, await killed.json(), after.brokers.length]).toEqual([2, { done: true }, 1])
})

test('--data keeps topics from one start to the next', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-broker-'))
  const words = ['broker', '--port', '0', '--data', directory, '--flush', 'always']
  const names: string[][] = []
  for (const make of [true, false]) {
    const broker = start(words)
    const [, address = ''] = await broker.says(/^ready (127\.0\.0\.1:\d+)$/m)
    const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    if (make) await admin.createTopics({ topics: [{ topic: 'kept' }] })
    names.push(await admin.listTopics())
    await admin.disconnect()
    broker.kill('SIGTERM')
    expect((await broker.ended).code).toBe(0)
  }
  await rm(directory, { recursive: true })
  expect(names).toEqual([['kept'], ['kept']])
})

test.each([
  ['--nodes', '0'],
  ['--flush', 'sometimes'],
  ['--control', 'here'],
])('%s %s is refused', async (flag, value) => {
  const { code, stderr } = await millrace(['broker', flag, value])
  expect([code, stderr.includes(`'${value}' is invalid`)]).toEqual([2, true])
})

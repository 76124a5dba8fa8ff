import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectTool } from '../../../scripts/tools/client.ts'
import { committedRecords } from '../../../scripts/tools/committed.ts'
import type { RunSummary } from '../../../src/run.ts'
import { fixture, type RunningCommand, start } from '../command.ts'

test('a second signal cuts the stop short', async () => {
  for (const [signal, exit] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const worker = start(['run', fixture('never-loads.ts')], { KAFKA_BROKERS: '127.0.0.1:1' })
    await worker.says(/loading/)
    worker.kill(signal)
    await worker.warns(/stopping.*again to cut it short/)
    worker.kill(signal)
    expect((await worker.ended).code).toBe(exit)
  }
})

const sent = Array.from({ length: 100 }, (_, index) => `word ${index}`)

describe('a worker on the embedded broker', () => {
  let broker: RunningCommand
  let kafka: Kafka
  let address = ''

  async function committedValues(topic: string): Promise<string[]> {
    const client = await connectTool(address, 'test')
    const values: string[] = []
    for await (const { value } of committedRecords(client, topic)) values.push(String(value))
    await client.close()
    return values
  }

  beforeAll(async () => {
    broker = start(['broker', '--port', '0', '--partitions', '4'])
    address = (await broker.says(/^ready (.*)$/m))[1] ?? ''
    kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'words' }, { topic: 'shouts' }] })
    await admin.disconnect()
    const producer = kafka.producer()
    await producer.connect()
    const messages = sent.map((value, index) => ({ key: `k${index}`, value }))
    await producer.send({ topic: 'words', messages })
    await producer.disconnect()
  })

  afterAll(async () => {
    broker.kill('SIGTERM')
    await broker.ended
  })

  test('two threads run to the end, exactly once, and their counts are added up', async () => {
    const words = [
      'run',
      fixture('shout.ts'),
      '--threads',
      '2',
      '--until',
      'end',
      '--run-id',
      'first',
      '--instance',
      'left',
      '--json',
    ]
    const { code, stdout, stderr } = await start(words, { KAFKA_BROKERS: address }).ended
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect((await committedValues('shouts')).sort()).toEqual(sent.map((word) => word.toUpperCase()).sort())
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as RunSummary
    expect(summary).toMatchObject({ app: 'shout', instance: 'left', runId: 'first' })
    // A rebalance may abort a transaction, and its records are counted again.
    expect(summary.recordsIn).toBeGreaterThanOrEqual(sent.length)
  })

  test.each([
    ['by a flag', ['--guarantee', 'at-least-once'], {}, false],
    ['by the environment', [], { MILLRACE_GUARANTEE: 'at-least-once' }, false],
    [
      'but the flag comes first',
      ['--guarantee', 'exactly-once'],
      { MILLRACE_GUARANTEE: 'at-least-once' } as const,
      true,
    ],
  ] as const)('works without transactions, as it was told %s', async (how, flags, environment, hasTransactions) => {
    const instance = how.replaceAll(' ', '-')
    const words = ['run', fixture('shout.ts'), '--until', 'end', '--instance', instance, ...flags]
    const { code, stderr } = await start(words, { KAFKA_BROKERS: address, ...environment }).ended
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const client = await connectTool(address, 'test')
    const ids = (await client.admin.transactions.list()).map(({ id }) => id)
    await client.close()
    expect(ids.includes(`shout-${instance}-0`)).toBe(hasTransactions)
  })

  test.each([
    ['SIGTERM', '1'],
    ['SIGINT', '2'],
  ] as const)('%s commits, leaves and ends with 0 (%s threads)', async (signal, threads) => {
    const worker = start(['run', fixture('shout.ts'), '--threads', threads, '--json'], { KAFKA_BROKERS: address })
    // With two threads the other one may be anywhere between its start and its first assignment.
    await worker.warns(/^tasks \+/m)
    worker.kill(signal)
    const { code, stdout, stderr } = await worker.ended
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ app: 'shout' })
    expect(stderr.match(/^stopped shout-/gm)).toHaveLength(Number(threads))
  })
})

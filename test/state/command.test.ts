/** `millrace run --state`, with one thread and with two. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../../src/broker/index.ts'
import { millrace } from '../cli/command.ts'
import { batchOf, connected } from '../contracts/tools.ts'
import { temporaryDirectory } from './directories.ts'
import { counted } from './running-topologies.ts'

const keys = Array.from({ length: 1_000 }, (_, number) => `key ${number}`)
const file = fileURLToPath(new URL('cli-topology.ts', import.meta.url))

test.each(['1', '2'])('a second run reads no row back (%s threads)', { timeout: 120_000 }, async (threads) => {
  const broker = await startBroker()
  onTestFinished(() => broker.close())
  const kafka = await connected(broker.address)
  onTestFinished(() => kafka.close())
  const { items, names, counts, copies } = counted('by-command')
  await kafka.topics.create([items, names, counts, copies].map((name) => ({ name, partitions: 2 })))
  const producer = kafka.producer()
  await producer.append({ topic: items, partition: 0 }, batchOf(...keys.map((key) => `${key}=1`)))
  await producer.append({ topic: items, partition: 1 }, batchOf('c=1'))
  await producer.close()
  const directory = temporaryDirectory()
  const run = async (...flags: string[]): Promise<{ recordsIn: number; restoredRows: number }> => {
    const words = ['run', file, '--brokers', broker.address, '--until', 'end', '--threads', threads]
    const { code, stdout, stderr } = await millrace([...words, ...flags, '--json'])
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout)
  }
  expect(await run('--state', directory)).toMatchObject({ recordsIn: keys.length + 1 })
  expect(readdirSync(join(directory, 'by-command')).sort()).toEqual(
    [`${items}-0`, `${items}-1`, `${names}-0`, `${names}-1`].sort(),
  )
  // What is restored beside the rows of stores is progress: far less.
  expect((await run('--state', directory)).restoredRows).toBeLessThan(keys.length)
  expect((await run()).restoredRows).toBeGreaterThan(keys.length)
})

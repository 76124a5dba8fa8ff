/** Poison of the process: a record that never ends, or takes the thread with it, is one dead letter; the others go on. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectTool } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { millrace, start } from '../cli/command.ts'
import { temporaryDirectory } from '../state/directories.ts'

const fixture = (name: string): string => new URL(`fixtures/${name}.ts`, import.meta.url).pathname
const poison = { app: 'poison', output: 'shouts' }
let broker: EmbeddedBroker

beforeEach(async () => {
  broker = await startBroker()
})
afterEach(() => broker.close())

interface Letter {
  readonly value: string
  readonly stage: string
  readonly code: string
}

async function shouted(words: readonly string[], flags: readonly string[], { app, output } = poison) {
  const environment = { KAFKA_BROKERS: broker.address }
  for (const topic of ['words', output]) await millrace(['topics', 'create', topic, '--partitions', '1'], environment)
  await start(
    ['topics', 'produce', 'words', '--key-separator', ':'],
    environment,
    words.map((word) => `k:${word}\n`).join(''),
  ).ended
  const { code, stderr } = await millrace(['run', fixture(app), '--until', 'end', ...flags], environment)
  const client = await connectTool(broker.address, 'reader')
  const values: string[] = []
  for await (const { value } of committedRecords(client, output)) values.push(String(value))
  const letters: Letter[] = []
  for await (const { value, headers } of committedRecords(client, `${app}.dlq.words`)) {
    const texts = Object.fromEntries(headers.map((each) => [each.name, String(each.value)]))
    const { '__millrace.dlq.stage': stage = '', '__millrace.dlq.error.code': error = '' } = texts
    letters.push({ value: String(value), stage, code: error })
  }
  await client.close()
  return { code, stderr, values, letters }
}

test('an endless loop is ended', async () => {
  const { code, stderr, values, letters } = await shouted(['one', 'loop', 'two'], ['--watchdog', '2s'])
  expect({ code, values }, stderr).toEqual({ code: 0, values: ['ONE', 'TWO'] })
  expect(letters).toEqual([{ value: 'loop', stage: 'timeout', code: 'MR4103' }])
  expect(stderr).toContain('ended a thread that was stuck in words-0 offset 1')
})

test('a thread that is ended leaves its state as the last commit had it, also on disk', async () => {
  const flags = ['--watchdog', '2s', '--state', temporaryDirectory()]
  const counted = { app: 'counted', output: 'totals' }
  const { code, stderr, values, letters } = await shouted(['one', 'two', 'loop', 'three'], flags, counted)
  expect({ code, values }, stderr).toEqual({ code: 0, values: ['1', '2', '3'] })
  expect(letters).toEqual([{ value: 'loop', stage: 'timeout', code: 'MR4103' }])
})

test('threads that die with the same record in hand die three times of it', async () => {
  const words = ['one', 'leak', 'two', 'exit', 'three']
  const { code, stderr, values, letters } = await shouted(words, ['--watchdog', '1h', '--heap', '64', '--threads', '2'])
  expect({ code, values }, stderr).toEqual({ code: 0, values: ['ONE', 'TWO', 'THREE'] })
  expect(letters).toEqual([
    { value: 'leak', stage: 'process', code: 'MR4104' },
    { value: 'exit', stage: 'process', code: 'MR4104' },
  ])
  expect(stderr.match(/died with words-0 offset \d+ in hand/g)).toHaveLength(6)
})

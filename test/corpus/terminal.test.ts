/** What stands in keys, values, headers and error texts is data: no command lets a terminal obey it. */
import { isUtf8 } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectTool } from '../../scripts/tools/client.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { millrace } from '../cli/command.ts'
import { contentOf } from './content.ts'
import { read, write } from './records.ts'

const fixture = new URL('fixtures/quotes.ts', import.meta.url).pathname
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const payloads = readdirSync(new URL('files/text/', import.meta.url)).map((name) => contentOf(`text/${name}`)!)
/** Kafka takes it, and no calendar has it. */
const noDate = 8.7e15
let broker: EmbeddedBroker
let environment: Record<string, string>

beforeAll(async () => {
  broker = await startBroker()
  environment = { KAFKA_BROKERS: broker.address }
  const anyTime = 'message.timestamp.after.max.ms=9223372036854775807'
  const create = ['topics', 'create', 'words', 'shouts', '--partitions', '1', '--config', anyTime]
  expect(await millrace(create, environment)).toMatchObject({ code: 0 })
  const client = await connectTool(broker.address, 'writer')
  const headers = payloads.map((payload) => ({ name: 'note', value: payload }))
  await write(
    client,
    'words',
    payloads.map((payload, index) => ({ key: payload, value: payload, headers, time: index === 0 ? noDate : 1_000 })),
  )
  await client.close()
})
afterAll(() => broker.close())

describe('topics tail', () => {
  test.each([[[]], [['--json']]])('%j', async (flags) => {
    const { code, stdout } = await millrace(['topics', 'tail', 'words', '--until', 'end', ...flags], environment)
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(payloads.length)
    expect(stdout).not.toMatch(obeyed)
  })
})

test.each([
  ['throws them', {}, 0],
  ['stops with them', { QUOTES_STOP: '1' }, 1],
])('a worker whose step %s', async (_, stops, expected) => {
  const words = ['run', fixture, '--until', 'end', '--verbose']
  const { code, stdout, stderr } = await millrace(words, { ...environment, ...stops })
  expect(code, stderr).toBe(expected)
  expect(stdout + stderr).not.toMatch(obeyed)
})

test('the dead letters of them have them as they were', async () => {
  const client = await connectTool(broker.address, 'reader')
  const letters = await read(client, 'quotes.dlq.words')
  await client.close()
  const asText = payloads.filter((payload) => isUtf8(payload))
  expect(letters.length).toBeGreaterThanOrEqual(asText.length)
  for (const payload of payloads)
    expect(letters.some(({ key, value }) => key!.equals(payload) && value!.equals(payload))).toBe(true)
})

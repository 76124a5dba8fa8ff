import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { connected, letter, makeMarks, makeQueue, settle, write } from '../../dead-letters/world.ts'
import { fixture, millrace } from '../command.ts'

let broker: EmbeddedBroker
let kafka: Kafka
let environment: Record<string, string>
const directory = mkdtempSync(join(tmpdir(), 'dlq-'))
const hostile = '\u001b]0;owned\u0007\u001b[2J\u202eevil'

beforeAll(async () => {
  broker = await startBroker()
  kafka = await connected(broker.address)
  environment = { KAFKA_BROKERS: broker.address }
  await makeQueue(kafka, 'shop.dlq.orders', 2)
  await makeMarks(kafka, 'shop')
  await write(kafka, 'shop.dlq.orders', 0, [
    letter(0),
    letter(1, { node: 'tax', fingerprint: 'bbbbbbbbbbbb' }),
    letter(2),
  ])
  await write(kafka, 'shop.dlq.orders', 1, [
    {
      ...letter(3, { message: hostile, node: hostile, stacktrace: `Error: x\n at ${hostile}` }),
      value: hostile,
      key: hostile,
    },
  ])
  await settle(kafka, 'shop.dlq.orders', 0, 2, 'redriven')
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
  rmSync(directory, { recursive: true })
})

const dlq = (...words: string[]) => millrace(['dlq', ...words], environment)
const json = async (...words: string[]) => JSON.parse((await dlq(...words, '--json')).stdout) as never

describe('ls', () => {
  test('shows queues, as a table and as JSON', async () => {
    const { code, stdout } = await dlq('ls', 'shop')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^queue +open +parked +resolved/)
    expect(stdout).toMatch(/^shop\.dlq\.orders +3 +0 +1 +4 /m)
    const { queues } = (await json('ls')) as { queues: object[] }
    expect(queues).toMatchObject([
      { queue: 'shop.dlq.orders', app: 'shop', letters: 4, exact: true, open: 3, parked: 0, resolved: 1 },
    ])
  })
  test('ends with 6 when more are open than may be, with 3 for an app that has no queue', async () => {
    expect((await dlq('ls', '--fail-over', '2')).code).toBe(6)
    expect((await dlq('ls', '--fail-over', '3')).code).toBe(0)
    const { code, stderr } = await dlq('ls', 'nobody')
    expect(code).toBe(3)
    expect(stderr).toContain('error MR4401')
  })
})

describe('groups', () => {
  test('counts by fingerprint, with filters', async () => {
    const { code, stdout, stderr } = await dlq('groups', 'orders')
    expect(code).toBe(0)
    expect(stdout).toContain('aaaaaaaaaaaa         2  ')
    expect(stdout).toContain('price · process · MR4101 · TypeError')
    expect(stderr).toContain('shop.dlq.orders: 3 letters in 2 groups')
    expect(await json('groups', 'orders', '--node', 'tax')).toMatchObject({
      letters: 1,
      groups: [{ fingerprint: 'bbbbbbbbbbbb', count: 1, example: { partition: 0, offset: '1' } }],
    })
    expect(await json('groups', 'orders', '--all')).toMatchObject({ letters: 4 })
  })
  test('a queue that is not there ends with 3, a filter that means nothing with 2', async () => {
    expect((await dlq('groups', 'nothing')).code).toBe(3)
    const { code, stderr } = await dlq('groups', 'orders', '--filter', 'stage = 1')
    expect(code).toBe(2)
    expect(stderr).toContain('error MR4403  The filter cannot be understood at column 7')
    expect((await dlq('groups', 'orders', '--from-time', 'soon')).stderr).toContain('--from-time cannot be "soon"')
    expect((await dlq('groups', 'orders', '--filter', 'value.')).stderr).toContain('MR4403')
  })
})

describe('show', () => {
  test('a letter: what happened, where, decoded and in hex, headers and stack', async () => {
    const { code, stdout } = await dlq('show', 'orders', '0/1')
    expect(code).toBe(0)
    for (const part of ['shop.dlq.orders 0/1  open', 'tax', 'TypeError', 'in 0/1', '"number": 1', '7b 22 6e 75', 'k-1'])
      expect(stdout).toContain(part)
    expect(await json('show', 'shop.dlq.orders', '0/2')).toMatchObject({
      letter: {
        offset: '2',
        state: 'redriven',
        source: { topic: 'in', partition: 0, offset: '2' },
        key: { as: 'text', value: 'k-2', base64: 'ay0y' },
        value: { as: 'json', value: { number: 2, order: { id: 'o-2' } } },
      },
    })
  })
  test('letters are listed with the same filters', async () => {
    const { stdout } = await dlq('show', 'orders', '--filter', 'value.number == 0')
    expect(stdout.trim().split('\n')).toHaveLength(2)
    expect(stdout).toMatch(/^0\/0 .*no price for 0$/m)
    const { stderr } = await dlq('show', 'orders', '--limit', '1')
    expect(stderr).toContain('the first 1; --limit 0 shows all')
    expect(await json('show', 'orders', '--limit', '3')).toMatchObject({ complete: true, letters: [{}, {}, {}] })
  })
  test('what is not there ends with 3 and says what there is', async () => {
    const { code, stderr } = await dlq('show', 'orders', '0/17')
    expect(code).toBe(3)
    expect(stderr).toContain('error MR4402  There is no dead letter 0/17')
    expect(stderr).toContain('offsets 0 to 2')
    expect((await dlq('show', 'orders', 'first')).code).toBe(2)
  })
  test("a topology's serdes say why they can't read a value", async () => {
    const { code, stdout } = await dlq('show', 'orders', '0/0', '--topology', fixture('shop.ts'))
    expect(code).toBe(0)
    expect(stdout).toContain('key  serde, 3 bytes')
    expect(stdout).toMatch(/the topology cannot read it: .*number/)
  })
})

test.each([
  [['show', 'orders', '1/0']],
  [['show', 'orders']],
  [['groups', 'orders']],
  [['show', 'orders', '1/0', '--full']],
])('what others wrote cannot steer the terminal: %j', async (words) => {
  const { stdout } = await dlq(...words)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  if (words[0] === 'show') expect(stdout).toContain('\\x1b]0;owned\\x07')
})

describe('export', () => {
  test('a letter per line, bytes in base64, the settled ones left out', async () => {
    const { code, stdout } = await dlq('export', 'orders', '--key', 'k-0')
    expect(code).toBe(0)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { headers: { name: string }[] })
    expect(lines).toMatchObject([
      { topic: 'shop.dlq.orders', partition: 0, offset: '0', key: 'ay0w', value: expect.stringMatching(/^eyJ/) },
    ])
    expect(lines[0]!.headers.map(({ name }) => name)).toContain('__streams.errors.topic')
  })
  test('into a file, which has its name when it is whole', async () => {
    const out = join(directory, 'letters.ndjson')
    expect(await json('export', 'orders', '--out', out)).toMatchObject({ letters: 3, file: out })
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(3)
    const { code, stderr } = await dlq('export', 'orders', '--out', join(directory, 'nowhere', 'x'))
    expect(code).toBe(2)
    expect(stderr).toContain('cannot be written')
  })
})

test('help on filters lists what the parser knows', async () => {
  const { stdout } = await millrace(['help', 'filters'])
  for (const field of ['value', 'headers', 'stage', 'time']) expect(stdout).toMatch(new RegExp(`^${field} +`, 'm'))
})

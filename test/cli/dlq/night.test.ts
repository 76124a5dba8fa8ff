/** What an operator at three in the morning meets: flags forgotten, names mistyped, an editor that is not there. */
import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { isMeant } from '../../../src/cli/dlq/consent.ts'
import { findFault } from '../../../src/faults.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { connected, letter, makeQueue, write } from '../../dead-letters/world.ts'
import { fixture, millrace, start } from '../command.ts'

const queue = 'shop.dlq.orders'
let broker: EmbeddedBroker
let kafka: Kafka
let environment: Record<string, string>

beforeAll(async () => {
  broker = await startBroker()
  kafka = await connected(broker.address)
  environment = { KAFKA_BROKERS: broker.address }
  await makeQueue(kafka, queue)
  await kafka.topics.create(['in', 'shop.redrive.in'].map((name) => ({ name, partitions: 1 })))
  const hostile = letter(1, { node: 'tax\u009b2J\u202e', exception: '\u0085evil' })
  await write(kafka, queue, 0, [
    letter(0),
    hostile,
    { ...letter(2), headers: [{ name: 'a\u2028b', value: Buffer.from('x') }] },
  ])
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

const dlq = (...words: string[]) => millrace(['dlq', ...words], environment)
/** What a terminal would obey, or an editor hide. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/

test.each([
  ['redrive', queue],
  ['purge', queue, '--before', '-1d'],
  ['purge', queue, '--node', 'price'],
  ['import', queue, fixture('priced.ts')],
])('without a terminal %s fails at once, and names the flag', async (...words) => {
  // No broker is asked: where it would be, nobody listens.
  const { code, stdout, stderr } = await millrace(['dlq', ...words, '--brokers', '127.0.0.1:1'])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('error MR1001  Nothing says whether it is meant: --yes is missing')
  expect(stderr).toContain('--dry-run')
})

test('on a terminal what would be done is told, with --yes it is done', () => {
  expect(isMeant({}, () => true)).toBe(false)
  expect(isMeant({ dryRun: true }, () => false)).toBe(false)
  expect(isMeant({ yes: true }, () => false)).toBe(true)
  const both = () => isMeant({ yes: true, dryRun: true }, () => true)
  expect(both).toThrow(expect.objectContaining({ code: 'MR1005' }))
})

test('without a terminal nothing is opened, and --value is named', async () => {
  const { code, stderr } = await dlq('edit', queue, '0/0')
  expect(code).toBe(2)
  expect(stderr).toContain('--value is missing')
})

test('what was typed is not lost when it is refused', async () => {
  const editor = `${process.execPath} ${fixture('typing-editor.ts')}`
  const words = ['dlq', 'edit', queue, '0/0', '--topology', fixture('shop.ts'), '--json']
  const { code, stdout, stderr } = await start(words, { ...environment, EDITOR: editor }).ended
  expect(code).toBe(1)
  // What the editor prints is no result.
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'MR4415' } })
  const [, file] = /What you typed is in (\S+):/.exec(stderr) ?? []
  expect(readFileSync(file!, 'utf8')).toBe('typed')
  rmSync(dirname(file!), { recursive: true })
})

test('what others wrote steers no terminal, in JSON neither', async () => {
  const file = ['--topology', fixture('shop.ts')]
  for (const words of [
    ['redrive', queue, '--dry-run', '--json', ...file],
    ['redrive', queue, '--dry-run', ...file],
    ['export', queue],
    ['groups', queue, '--json'],
    ['show', queue, '0/1', '--json'],
    ['show', queue, '0/2'],
  ]) {
    const { stdout, stderr } = await dlq(...words)
    expect(stdout, stderr).not.toBe('')
    expect(stdout, words.join(' ')).not.toMatch(obeyed)
  }
})

test('every verb has JSON of one line, with the version of its schema', async () => {
  for (const words of [
    ['ls'],
    ['groups', queue],
    ['show', queue],
    ['redrive', 'status', queue],
    ['redrive', queue, '--dry-run', '--topology', fixture('shop.ts')],
    ['purge', queue, '--node', 'none', '--dry-run'],
    ['import', queue, '/dev/null', '--dry-run'],
  ]) {
    const { stdout, stderr } = await dlq(...words, '--json')
    expect(stdout.split('\n'), words.join(' ') + stderr).toHaveLength(2)
    expect(JSON.parse(stdout), words.join(' ')).toMatchObject({ schemaVersion: 1 })
    expect(stderr).toBe('')
  }
})

test('nothing is said where there is nothing', async () => {
  expect(await dlq('redrive', 'status', queue)).toMatchObject({ code: 0, stdout: '' })
  const { stdout, stderr } = await dlq('show', queue, '--node', 'none')
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'no letters\n' })
})

describe('names that are nearly right', () => {
  test.each([
    [['groups', 'ordres'], 'Did you mean shop.dlq.orders?'],
    [['ls', 'shp'], 'Did you mean shop?'],
    [['gruops', 'orders'], 'Did you mean groups?'],
    [['groups', 'orders', '--fingerprnt', 'x'], 'Did you mean --fingerprint?'],
    [['groups', 'orders', '--filter', 'mesage contains "x"'], 'did you mean message?'],
  ])('%j', async (words, said) => {
    const { code, stderr } = await dlq(...words)
    expect(stderr).toContain(said)
    expect(code).toBeGreaterThan(1)
  })
})

test.each(['ls', 'groups', 'show', 'export', 'redrive', 'redrive status', 'edit', 'purge', 'import'])(
  'help on %s fits a screen',
  async (verb) => {
    const { stdout } = await dlq(...verb.split(' '), '--help')
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
    if (!verb.includes(' ')) expect(stdout).toMatch(/^Examples:/)
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true)
  },
)

test('a fault is found in what is thrown', () => {
  try {
    isMeant({}, () => false)
    expect.unreachable()
  } catch (error) {
    expect(findFault(error)?.text.fix).toContain('--yes')
  }
})

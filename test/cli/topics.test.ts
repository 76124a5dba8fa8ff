import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { millrace, start } from './command.ts'

let broker: EmbeddedBroker
let environment: Record<string, string>

beforeAll(async () => {
  broker = await startBroker()
  environment = { KAFKA_BROKERS: broker.address }
})
afterAll(() => broker.close())

test('topics are made once, with partitions and settings', async () => {
  const words = ['topics', 'create', 'made', '--partitions', '3', '--config', 'cleanup.policy=compact', '--json']
  const first = await millrace(words, environment)
  const again = await millrace(words, environment)
  expect([first.code, again.code]).toEqual([0, 0])
  expect(JSON.parse(first.stdout)).toEqual([{ name: 'made', partitions: 3 }])
  expect(again.stdout).toBe(first.stdout)
})

test('lines become records, with keys where a separator says so', async () => {
  await millrace(['topics', 'create', 'lines', '--partitions', '1'], environment)
  const produce = start(['topics', 'produce', 'lines', '--key-separator', ':', '--json'], environment, 'a:1\nplain\n')
  expect(JSON.parse((await produce.ended).stdout)).toEqual({ topic: 'lines', records: 2 })
  const tail = await millrace(['topics', 'tail', 'lines', '--until', 'end', '--json'], environment)
  const rows = tail.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(rows).toMatchObject([
    { partition: 0, offset: '0', key: 'a', value: '1' },
    { partition: 0, offset: '1', key: null, value: 'plain' },
  ])
})

test('what payloads would do to a terminal is not printed', async () => {
  await millrace(['topics', 'create', 'evil', '--partitions', '1'], environment)
  await start(['topics', 'produce', 'evil'], environment, 'before\u001b[2Jafter\n').ended
  const tail = await millrace(['topics', 'tail', 'evil', '--until', 'end'], environment)
  expect(tail.stdout).toContain('beforeafter')
  expect(tail.stdout).not.toContain('\u001b')
})

test('a tail that follows ends with 0 when it is stopped', async () => {
  await millrace(['topics', 'create', 'followed', '--partitions', '1'], environment)
  const tail = start(['topics', 'tail', 'followed', '--json'], environment)
  await start(['topics', 'produce', 'followed'], environment, 'seen\n').ended
  await tail.says(/"value":"seen"/)
  tail.kill('SIGTERM')
  expect((await tail.ended).code).toBe(0)
})

test('what Kafka refuses while there is more to read is told once, with a code', async () => {
  await millrace(['topics', 'create', 'narrow', '--partitions', '1', '--config', 'max.message.bytes=1000'], environment)
  const lines = 'a line of thirty-two characters.\n'.repeat(300_000)
  const { code, stderr } = await start(['topics', 'produce', 'narrow'], environment, lines).ended
  expect(code).toBeGreaterThan(0)
  expect(stderr).toContain('error MR')
  expect(stderr).toContain('MESSAGE_TOO_LARGE')
  expect(stderr).not.toMatch(/^ +at /m)
})

test.each([[['tail', 'nothing', '--until', 'end']], [['produce', 'nothing']]])(
  '%j of a topic that is not there is exit 3',
  async (words) => {
    const { code, stderr } = await millrace(['topics', ...words], environment)
    expect(code).toBe(3)
    expect(stderr).toContain('error MR2002  There is no topic nothing')
  },
)

test('a setting without a value is a usage error', async () => {
  const { code, stderr } = await millrace(['topics', 'create', 'odd', '--config', 'retention.ms'], environment)
  expect(code).toBe(2)
  expect(stderr).toContain('Give key=value')
})

/** `millrace registry` as a user runs it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { request } from '../registry/tools.ts'
import { millrace, start } from './command.ts'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

test('says where it is ready, keeps schemas in Kafka, and ends with 0 on SIGTERM', async () => {
  const words = ['registry', '--port', '0', '--brokers', broker.address]
  const one = start(words)
  const [, url = ''] = await one.says(/^ready (http:\/\/127\.0\.0\.1:\d+)$/m)
  expect(await request(`${url}/subjects/s/versions`, 'POST', { schema: '"string"' })).toMatchObject({ body: { id: 1 } })
  one.kill('SIGTERM')
  expect((await one.ended).code).toBe(0)
  const two = start([...words, '--json'])
  const [line] = await two.says(/^\{.*\}$/m)
  const { url: other } = JSON.parse(line) as { url: string }
  expect(await request(`${other}/schemas/ids/1`, 'GET')).toEqual({ status: 200, body: { schema: '"string"' } })
  two.kill('SIGINT')
  expect((await two.ended).code).toBe(0)
})

test('a port in use and a broker that is not there are one clear error each', async () => {
  const one = start(['registry', '--memory', '--port', '0'])
  const [, port = ''] = await one.says(/^ready .*:(\d+)$/m)
  const second = await millrace(['registry', '--memory', '--port', port])
  one.kill('SIGTERM')
  await one.ended
  expect(second.code).toBe(2)
  expect(second.stderr).toMatch(new RegExp(`^error MR1003 {2}127\\.0\\.0\\.1:${port} is in use$`, 'm'))
  const nowhere = await millrace(['registry', '--port', '0'])
  expect(nowhere.stderr).toContain('error MR1003  No Kafka broker is configured')
})

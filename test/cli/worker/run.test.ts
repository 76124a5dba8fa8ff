import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { fixture, millrace } from '../command.ts'

/** A port where nobody listens: taken once and given back. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe.concurrent('a broker that nobody reaches', () => {
  test.each([['1'], ['2']])('ends the worker with 5 and says what to do (%s threads)', async (threads) => {
    const brokers = `127.0.0.1:${await freePort()}`
    const { code, stdout, stderr } = await millrace([
      'run',
      fixture('shout.ts'),
      '--brokers',
      brokers,
      '--threads',
      threads,
    ])
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toMatch(/^error MR2001 {2}No Kafka broker could be reached$/m)
    expect(stderr).toMatch(new RegExp(`^ {2}where {3}topology shout, brokers ${brokers}$`, 'm'))
    expect(stderr).toMatch(/^ {2}fix {5}Set KAFKA_BROKERS .*millrace broker/m)
  })

  test('comes as one JSON object where JSON was asked for', async () => {
    const brokers = `127.0.0.1:${await freePort()}`
    const { code, stdout } = await millrace(['run', fixture('shout.ts'), '--json'], { KAFKA_BROKERS: brokers })
    expect(code).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'MR2001' } })
  })
})

test('without brokers the error names the variable', async () => {
  const { code, stderr } = await millrace(['run', fixture('shout.ts')])
  expect(code).toBe(2)
  expect(stderr).toMatch(/^error MR1003 {2}No Kafka broker is configured$/m)
  expect(stderr).toContain('KAFKA_BROKERS')
})

test.each([
  [{ KAFKA_BROKERS: 'a:1', KAFKA_BOOTSTRAP_SERVERS: 'b:1' }, 'MR1005'],
  [{ KAFKA_BROKERS: 'localhost' }, 'MR1003'],
  [{ KAFKA_BROKERS: 'a:1', KAFKA_SASL_USERNAME: 'scorer' }, 'MR1003'],
])('the environment %j is refused with %s', async (environment, expected) => {
  const { code, stderr } = await millrace(['run', fixture('shout.ts')], environment)
  expect(code).toBe(2)
  expect(stderr).toContain(`error ${expected}  `)
})

describe('a file', () => {
  test('that is missing', async () => {
    const { code, stderr } = await millrace(['run', 'nowhere.ts'], { KAFKA_BROKERS: 'a:1' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error MR1002 {2}There is no file nowhere.ts$/m)
  })

  test('without a topology', async () => {
    const { code, stderr } = await millrace(['run', fixture('no-topology.ts')], { KAFKA_BROKERS: 'a:1' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error MR1002 .*no-topology.ts exports no topology$/m)
    expect(stderr).toMatch(/^ {2}fix {5}Export what topology\(\) returns/m)
  })

  test('that throws is named with its line, and cannot steer the terminal', async () => {
    const { code, stderr } = await millrace(['run', fixture('throws.ts')], { KAFKA_BROKERS: 'a:1' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/why {5}TypeError: no red here/)
    expect(stderr).toMatch(/throws\.ts:1/)
    expect(stderr).not.toContain('\u001b')
    expect(stderr.match(/^error/gm)).toHaveLength(1)
  })
})

test('a thread that dies is the error of the whole process', async () => {
  const brokers = `127.0.0.1:${await freePort()}`
  const { code, stderr } = await millrace(['run', fixture('dies.ts'), '--brokers', brokers, '--threads', '2'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error MR4101 {2}Thread 1 of the worker died$/m)
  expect(stderr).toContain('exit code 7')
})

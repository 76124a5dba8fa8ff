import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { toMilliseconds } from '../src/clock.ts'
import { parseDuration } from '../src/duration.ts'
import { readEnvironment } from '../src/environment/read.ts'
import { parseBrokers } from '../src/environment/values.ts'

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1m500ms', 60_500],
    ['7d', 604_800_000],
    [' 100ms ', 100],
    ['0s', 0],
  ])('%s', (text, milliseconds) => {
    expect(toMilliseconds(parseDuration(text)!)).toBe(milliseconds)
  })

  test.each(['', ' ', '100', '1.5s', '-1s', '10x', 's', '1s1h', '1 s'])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeNull()
  })
})

describe('brokers', () => {
  test('are separated by commas and trimmed', () => {
    expect(parseBrokers('a:9092, b:9093,[::1]:9094', 'x')).toEqual(['a:9092', 'b:9093', '[::1]:9094'])
  })

  test.each(['', 'localhost', 'a:9092,', 'a:0', 'a:65536', 'a b:1', 'http://a:1', ':9092'])(
    '"%s" is refused by name',
    (text) => {
      expect(() => parseBrokers(text, 'KAFKA_BROKERS')).toThrow(/KAFKA_BROKERS holds/)
    },
  )
})

describe('the limit of dead letters', () => {
  test.each([
    ['off', 'off'],
    ['5%', { share: 0.05 }],
    ['12.5%/30s', { share: 0.125, window: { seconds: 30 } }],
  ])('%s', (text, limit) => {
    expect(readEnvironment({ MILLRACE_DLQ_RATE_LIMIT: text }).rateLimit).toEqual(limit)
  })

  test.each(['5', '101%', '5%/', '5%/1', 'none'])('"%s" is refused', (text) => {
    expect(() => readEnvironment({ MILLRACE_DLQ_RATE_LIMIT: text })).toThrow(/MILLRACE_DLQ_RATE_LIMIT cannot be/)
  })

  test('stacks can be left out', () => {
    expect(readEnvironment({ MILLRACE_DLQ_INCLUDE_STACK: 'false' }).includeStack).toBe(false)
  })
})

describe('the environment', () => {
  test('is silent when it is empty, and when its values are', () => {
    expect(readEnvironment({ HOME: '/root', KAFKA_BROKERS: '', MILLRACE_INSTANCE: '' })).toEqual({})
  })

  test('gives every setting checked', () => {
    const settings = readEnvironment({
      KAFKA_BROKERS: 'a:1,b:2',
      KAFKA_CLIENT_ID: 'scorer',
      MILLRACE_INSTANCE: 'left',
      MILLRACE_GUARANTEE: 'at-least-once',
      MILLRACE_COMMIT_INTERVAL: '250ms',
      MILLRACE_SESSION_TIMEOUT: '6s',
      MILLRACE_OUT_OF_RANGE: 'earliest',
      MILLRACE_START_AT: 'latest',
    })
    expect(settings).toEqual({
      brokers: ['a:1', 'b:2'],
      clientId: 'scorer',
      instance: 'left',
      guarantee: 'at-least-once',
      commitInterval: { milliseconds: 250 },
      sessionTimeout: { seconds: 6 },
      outOfRange: 'earliest',
      startAt: 'latest',
    })
  })

  test('an alias counts, and may repeat the name but not contradict it', () => {
    expect(readEnvironment({ KAFKA_BOOTSTRAP_SERVERS: 'a:1' })).toEqual({ brokers: ['a:1'] })
    expect(readEnvironment({ KAFKA_BROKERS: 'a:1', KAFKA_BOOTSTRAP_SERVERS: 'a:1' })).toEqual({ brokers: ['a:1'] })
    expect(codeOf({ KAFKA_BROKERS: 'a:1', KAFKA_BOOTSTRAP_SERVERS: 'b:1' })).toBe('MR1005')
  })

  test.each([
    [{ MILLRACE_COMMIT_INTERVAL: '100' }, 'MR1003'],
    [{ MILLRACE_SESSION_TIMEOUT: 'long' }, 'MR1003'],
    [{ MILLRACE_OUT_OF_RANGE: 'newest' }, 'MR1003'],
    [{ MILLRACE_START_AT: 'fail' }, 'MR1003'],
    [{ MILLRACE_GUARANTEE: 'at-most-once' }, 'MR1003'],
    [{ KAFKA_BROKERS: 'a' }, 'MR1003'],
    [{ MILLRACE_INSTANCE: 'two words' }, 'MR1003'],
    [{ KAFKA_SASL_PASSWORD: 'secret' }, 'MR1003'],
    [{ KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 'secret', KAFKA_SASL_MECHANISM: 'aws' }, 'MR1003'],
    [{ KAFKA_SSL: 'maybe' }, 'MR1003'],
    [{ KAFKA_SSL_CA: '/there/is/no/such/file' }, 'MR1003'],
    [{ KAFKA_SSL_CERT: import.meta.filename }, 'MR1003'],
    [{ KAFKA_SSL: 'false', KAFKA_SSL_CA: import.meta.filename }, 'MR1005'],
  ])('%j is %s', (environment, code) => {
    expect(codeOf(environment)).toBe(code)
  })

  test('says how to be secure, in the words of the client', () => {
    expect(readEnvironment({ KAFKA_SSL: 'TRUE' })).toEqual({ ssl: true })
    expect(readEnvironment({ KAFKA_SSL: 'false' })).toEqual({})
    const content = readFileSync(import.meta.filename, 'utf8')
    const [file, ca] = [import.meta.filename, content]
    expect(readEnvironment({ KAFKA_SSL_CA: file })).toEqual({ ssl: { ca } })
    const whole = { KAFKA_SSL: 'true', KAFKA_SSL_CA: file, KAFKA_SSL_CERT: file, KAFKA_SSL_KEY: file }
    expect(readEnvironment(whole)).toEqual({ ssl: { ca, cert: content, key: content } })
    const user = { username: 'ann', password: 'secret' }
    const named = { KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 'secret' }
    expect(readEnvironment(named)).toEqual({ sasl: { mechanism: 'plain', ...user } })
    const scram = { ...named, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' }
    expect(readEnvironment(scram)).toEqual({ sasl: { mechanism: 'scram-sha-512', ...user } })
  })

  test('a refused secret is not repeated in the error', () => {
    expect(() => readEnvironment({ KAFKA_SASL_PASSWORD: 'hunter2' })).toThrow(expect.not.stringContaining('hunter2'))
  })
})

function codeOf(environment: Record<string, string>): unknown {
  try {
    readEnvironment(environment)
  } catch (error) {
    return (error as { code: unknown }).code
  }
  return null
}

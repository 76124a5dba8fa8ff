import { describe, expect, it } from 'vitest'
import { findFault } from '../../src/faults.ts'
import { checkConfig, type NativeConfig } from '../../src/kafka/native/config.ts'
import { parseAddress } from '../../src/kafka/native/connection/address.ts'
import { backoff } from '../../src/kafka/native/retry.ts'

const brokers = ['localhost:9092']

describe('the configuration', () => {
  it('has defaults', async () => {
    const config = checkConfig({ brokers })
    expect(await config.brokers()).toEqual(brokers)
    expect([config.connectionTimeout, config.requestTimeout]).toEqual([1_000, 30_000])
    expect([config.tls, config.sasl, config.socketFactory, config.rack]).toEqual([null, null, null, null])
    expect(config.log.level).toBe(0)
  })

  it('takes a function for the brokers', async () => {
    expect(await checkConfig({ brokers: async () => ['a:1'] }).brokers()).toEqual(['a:1'])
  })

  it('is that of kafkajs, whole', () => {
    const socketFactory = () => expect.unreachable()
    const checked = checkConfig({
      clientId: 'mine',
      brokers,
      ssl: { rejectUnauthorized: false },
      sasl: { mechanism: 'plain', username: 'ann', password: 'secret' },
      connectionTimeout: 1,
      authenticationTimeout: 2,
      reauthenticationThreshold: 3,
      requestTimeout: 4,
      enforceRequestTimeout: false,
      retry: { maxRetryTime: 5, initialRetryTime: 6, factor: 0.7, multiplier: 8, retries: 9 },
      socketFactory,
      logLevel: 2,
      logCreator: () => () => undefined,
    })
    expect(checked).toMatchObject({
      clientId: 'mine',
      tls: { options: { rejectUnauthorized: false } },
      connectionTimeout: 1,
      authenticationTimeout: 2,
      reauthenticationThreshold: 3,
      requestTimeout: 4,
      enforceRequestTimeout: false,
      retry: { maxRetryTime: 5, initialRetryTime: 6, factor: 0.7, multiplier: 8, retries: 9 },
      socketFactory,
      log: { level: 2 },
    })
  })

  it.each(['plain', 'PLAIN', 'scram-sha-256', 'SCRAM-SHA-512'] as const)('knows the mechanism %s', (mechanism) => {
    const sasl = { mechanism: mechanism as 'plain', username: 'ann', password: 'secret' }
    expect(checkConfig({ brokers, sasl }).sasl).not.toBeNull()
  })

  const plain = { mechanism: 'plain', username: 'a', password: 'b' }
  const refused: readonly (readonly [string, object, string])[] = [
    ['a key that is not known', { logLevle: 4 }, 'logLevle'],
    ['a key of retry that is not known', { retry: { retires: 3 } }, 'retry.retires'],
    ['what is not honoured', { retry: { restartOnFailure: async () => true } }, 'retry.restartOnFailure'],
    ['a mechanism that is not honoured', { sasl: { mechanism: 'aws', accessKeyId: 'x' } }, 'aws'],
    ['a mechanism that is not known', { sasl: { mechanism: 'kerberos' } }, 'kerberos'],
    ['a key of sasl that is not known', { sasl: { ...plain, pasword: 'b' } }, 'sasl.pasword'],
  ]
  it.each(refused)('refuses %s by name', (_, extra, name) => {
    const fault = faultOf({ brokers, ...extra })
    expect(fault?.code).toBe('MR1004')
    expect(fault?.message).toContain(`"${name}"`)
  })

  it('lets pass what asks for nothing', () => {
    expect(faultOf({ brokers, ssl: false })).toBeUndefined()
    expect(faultOf({ brokers, retry: { restartOnFailure: undefined } })).toBeUndefined()
  })

  const senseless: readonly object[] = [
    { brokers: [] },
    { brokers: ['nowhere'] },
    { requestTimeout: Number.NaN },
    { retry: { maxRetryTime: -1 } },
    { retry: { multiplier: 0.5 } },
    { ssl: 'yes' },
    { ssl: { ca: '/etc/ca.pem', cert: 'not a certificate', key: 'nor a key' } },
    { sasl: { mechanism: 'plain', username: 'ann' } },
    { sasl: { mechanism: 'oauthbearer' } },
    { sasl: {} },
    { socketFactory: 'tunnel' },
    { logCreator: 'console' },
  ]
  it.each(senseless)('refuses %j, which makes no sense', (extra) => {
    expect(faultOf({ brokers, ...extra })?.code).toBe('MR1003')
  })

  it('does not repeat a secret in its errors', () => {
    const fault = faultOf({ brokers, sasl: { mechanism: 'plain', username: '', password: 'hunter2' } })
    expect(JSON.stringify(fault?.text)).not.toContain('hunter2')
  })
})

it('reads addresses, also of IPv6 hosts, and refuses what is none', () => {
  expect(parseAddress('kafka.example:9092')).toEqual({ host: 'kafka.example', port: 9092 })
  expect(parseAddress('[::1]:9092')).toEqual({ host: '::1', port: 9092 })
  for (const wrong of ['localhost', 'localhost:', ':9092', 'localhost:99999', 'a:b:c', '']) {
    expect(() => parseAddress(wrong)).toThrow('not the address of a broker')
  }
})

it('waits longer each time, by factor and multiplier, and never longer than the maximum', () => {
  const retry = { initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 3, factor: 0.2, retries: 5 }
  const waits = (drawn: number): number[] =>
    [0, 1, 2, 3, 400].map((n) => Math.round(backoff(retry, n, { next: () => drawn })))
  expect(waits(0)).toEqual([80, 240, 720, 800, 800])
  expect(waits(0.5)).toEqual([100, 300, 900, 1_000, 1_000])
  expect(waits(1)).toEqual([120, 360, 1_000, 1_000, 1_000])
})

function faultOf(config: object) {
  try {
    checkConfig(config as NativeConfig)
    return undefined
  } catch (error) {
    return findFault(error)
  }
}

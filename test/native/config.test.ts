import { describe, expect, it } from 'vitest'
import { findFault } from '../../src/faults.ts'
import { checkConfig, type NativeConfig, parseAddress } from '../../src/kafka/native/config.ts'

const brokers = ['localhost:9092']

describe('the configuration', () => {
  it('has defaults', async () => {
    const config = checkConfig({ brokers })
    expect(await config.brokers()).toEqual(brokers)
    expect([config.connectionTimeout, config.requestTimeout]).toEqual([1_000, 30_000])
  })

  it('takes a function for the brokers', async () => {
    expect(await checkConfig({ brokers: async () => ['a:1'] }).brokers()).toEqual(['a:1'])
  })

  const refused: readonly (readonly [string, object, string])[] = [
    ['a key that is not known', { logLevle: 4 }, 'logLevle'],
    ['a key of retry that is not known', { retry: { restartOnFailure: true } }, 'retry.restartOnFailure'],
    ['ssl', { ssl: true }, 'ssl'],
    ['sasl', { sasl: { mechanism: 'plain' } }, 'sasl'],
  ]
  it.each(refused)('refuses %s by name', (_, extra, name) => {
    const fault = faultOf({ brokers, ...extra })
    expect(fault?.code).toBe('MR1004')
    expect(fault?.message).toContain(`"${name}"`)
  })

  it('lets ssl: false pass, since it asks for nothing', () => {
    expect(faultOf({ brokers, ssl: false })).toBe(undefined)
  })

  it('refuses a value that makes no sense', () => {
    expect(faultOf({ brokers: [] })?.code).toBe('MR1003')
    expect(faultOf({ brokers: ['nowhere'] })?.code).toBe('MR1003')
    expect(faultOf({ brokers, requestTimeout: Number.NaN })?.code).toBe('MR1003')
    expect(faultOf({ brokers, retry: { maxRetryTime: -1 } })?.code).toBe('MR1003')
  })

  it('reads addresses, also of IPv6 hosts, and refuses what is none', () => {
    expect(parseAddress('kafka.example:9092')).toEqual({ host: 'kafka.example', port: 9092 })
    expect(parseAddress('[::1]:9092')).toEqual({ host: '::1', port: 9092 })
    for (const wrong of ['localhost', 'localhost:', ':9092', 'localhost:99999', 'a:b:c', '']) {
      expect(() => parseAddress(wrong)).toThrow('not the address of a broker')
    }
  })
})

function faultOf(config: NativeConfig) {
  try {
    checkConfig(config)
    return undefined
  } catch (error) {
    return findFault(error)
  }
}

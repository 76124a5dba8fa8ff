/** TLS and SASL as Apache Kafka has them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kafkaTool } from '../../scripts/kafka.ts'
import { from, run, text, topic, topology } from '../../src/index.ts'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { SaslSettings } from '../../src/kafka/native/sasl/settings.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { batchOf, errorOf, unique, until, valuesOf } from '../contracts/tools.ts'
import { lackingFor } from './lacking.ts'
import { type SecureKafka, startSecureKafka, unsecuredToken, user } from './secure-kafka.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka with security', () => {
  let kafka: SecureKafka
  const clients: Kafka[] = []

  beforeAll(async () => {
    kafka = await startSecureKafka()
  })
  afterEach(async () => {
    for (const each of clients.splice(0)) await each.close()
  })
  afterAll(() => kafka?.stop())

  const tls = (): { ca: string } => ({ ca: kafka.certificates.ca })

  function client(address: string, config: Partial<NativeConfig>): Kafka {
    const made = connectKafka({ connectionTimeout: 5_000, ...config, brokers: [address] })
    clients.push(made)
    return made
  }

  /** Writes in a transaction and reads it back: every purpose has its connection. */
  async function works(connection: Kafka): Promise<void> {
    await connection.connect()
    const place = { topic: unique('secure'), partition: 0 }
    await connection.topics.create([{ name: place.topic, partitions: 1 }])
    const transactions = connection.transactions(place.topic, { timeout: { seconds: 10 } })
    await transactions.init()
    await transactions.append(place, batchOf('one', 'two'))
    await transactions.commit()
    await until('the commit is seen', async () => (await valuesOf(connection, place)).length === 2)
    expect(await valuesOf(connection, place)).toEqual(['one', 'two'])
    await transactions.close()
  }

  it('a client shows its certificate', () =>
    works(client(kafka.ssl, { ssl: { ...tls(), ...kafka.certificates.client } })))

  const mechanisms: readonly (readonly [string, () => SaslSettings])[] = [
    ['plain', () => ({ mechanism: 'plain', ...user })],
    ['scram-sha-256', () => ({ mechanism: 'scram-sha-256', ...user })],
    ['scram-sha-512', () => ({ mechanism: 'scram-sha-512', ...user })],
    ['oauthbearer', () => ({ mechanism: 'oauthbearer', oauthBearerProvider: token })],
  ]
  const token = async () => ({ value: unsecuredToken('ann', Date.now()) })

  it.each(mechanisms)('a client authenticates by %s', (_, sasl) =>
    works(client(kafka.saslSsl, { ssl: tls(), sasl: sasl() })),
  )

  it.each([
    ['plain', { mechanism: 'plain', ...user, password: 'wrong' }],
    ['scram-sha-256', { mechanism: 'scram-sha-256', ...user, password: 'wrong' }],
    ['scram-sha-512, an unknown name', { mechanism: 'scram-sha-512', ...user, username: 'eve' }],
    ['oauthbearer', { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: 'a.b.c' }) }],
  ] as const)('wrong credentials are refused: %s', async (_, sasl) => {
    const connection = client(kafka.saslSsl, { ssl: tls(), sasl })
    const error = await errorOf(connection.connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'SASL_AUTHENTICATION_FAILED'])
    expect(error?.message).toContain(kafka.saslSsl)
    expect(connection.metrics().get('SaslHandshake')?.requests).toBe(1)
  })

  it('a mechanism it does not have is refused with those it has', async () => {
    const authenticationProvider = () => ({ authenticate: async () => undefined })
    const sasl = { mechanism: 'GSSAPI', authenticationProvider }
    const error = await errorOf(client(kafka.saslSsl, { ssl: tls(), sasl }).connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'UNSUPPORTED_SASL_MECHANISM'])
    expect(error?.message).toContain('SCRAM-SHA-256')
  })

  const once = { retry: { retries: 0 } }
  const mistakes: readonly (readonly [string, () => Promise<unknown>, string, RegExp])[] = [
    ['no certificate', () => client(kafka.ssl, { ssl: tls() }).connect(), 'TLS_CLIENT_CERTIFICATE', /ssl\.cert/],
    [
      'a certificate that the broker does not trust',
      () => client(kafka.ssl, { ssl: { ...tls(), ...kafka.certificates.stranger } }).connect(),
      'TLS_CLIENT_CERTIFICATE',
      /ssl\.cert/,
    ],
    ['an unknown authority', () => client(kafka.saslSsl, { ssl: true }).connect(), 'TLS_UNTRUSTED', /ssl\.ca/],
    [
      'TLS to a port without',
      () => client(kafka.plaintext, { ssl: tls(), ...once }).connect(),
      'UNREACHABLE',
      /without TLS/,
    ],
    ['no TLS to a port with', () => client(kafka.ssl, {}).connect(), 'TLS_REQUIRED', /set ssl/],
    [
      'no name where one is asked',
      () => client(kafka.saslSsl, { ssl: tls(), ...once }).connect(),
      'UNREACHABLE',
      /set sasl/,
    ],
    [
      'a name where none is asked',
      () => client(kafka.plaintext, { sasl: { mechanism: 'plain', ...user } }).connect(),
      'ILLEGAL_SASL_STATE',
      /remove sasl/,
    ],
  ]
  it.each(mistakes)('%s is told as such', async (_, connect, reason, text) => {
    const error = await errorOf(connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', reason])
    expect(error?.message).toMatch(text)
  })

  it('sessions are renewed on connections in use, and nothing is lost, doubled or out of order', async () => {
    const sasl = { mechanism: 'scram-sha-256', ...user } as const
    const connection = client(kafka.saslSsl, { ssl: tls(), sasl })
    await connection.connect()
    const place = { topic: unique('renewed'), partition: 0 }
    await connection.topics.create([{ name: place.topic, partitions: 1 }])
    const producer = connection.producer()
    const count = (name: string): number => connection.metrics().get(name)?.requests ?? 0
    const sent: string[] = []
    const renewals = (): number => count('SaslHandshake') - count('ApiVersions')
    const appends: Promise<unknown>[] = []
    while (renewals() < 3) {
      sent.push(String(sent.length))
      appends.push(producer.append(place, batchOf(sent.at(-1)!)))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await Promise.all(appends)
    expect(await valuesOf(connection, place)).toEqual(sent)
    expect(connection.metrics().get('Produce')).toMatchObject({ lost: 0 })
    await producer.close()
  })

  it('a worker runs over TLS with a password, exactly once as ever', async () => {
    const settings = { ssl: tls(), sasl: { mechanism: 'scram-sha-512', ...user } } as const
    const connection = client(kafka.saslSsl, settings)
    await connection.connect()
    const [input, output] = [unique('in'), unique('out')]
    await connection.topics.create([input, output].map((name) => ({ name, partitions: 1 })))
    await connection.producer().append({ topic: input, partition: 0 }, batchOf('a', 'b', 'c'))
    const shout = topology(
      unique('shout'),
      from(topic(input, { value: text }))
        .map((word) => word.toUpperCase())
        .to(topic(output, { value: text })),
    )
    const options = { brokers: kafka.saslSsl, kafka: settings, until: 'end', compression: 'lz4' } as const
    expect(await run(shout, options)).toMatchObject({ recordsIn: 3, recordsOut: 3 })
    expect(await valuesOf(connection, { topic: output, partition: 0 })).toEqual(['A', 'B', 'C'])
  })

  it('a client over its quota is silent for as long as the broker says, and loses nothing', async () => {
    const quota = [
      '--alter',
      '--add-config',
      'producer_byte_rate=2000',
      '--entity-type',
      'clients',
      '--entity-name',
      'slow',
    ]
    const set = await kafkaTool('kafka.admin.ConfigCommand', ['--bootstrap-server', kafka.plaintext, ...quota])
    expect(set.exitCode, set.stderr).toBe(0)
    const connection = client(kafka.plaintext, { clientId: 'slow' })
    await connection.connect()
    const place = { topic: unique('slow'), partition: 0 }
    await connection.topics.create([{ name: place.topic, partitions: 1 }])
    const producer = connection.producer()
    const sent = ['x'.repeat(26_000), 'next', 'last']
    for (const value of sent) await producer.append(place, batchOf(value))
    expect(await valuesOf(connection, place)).toEqual(sent)
    const { throttled, requests } = connection.metrics().get('Produce')!
    expect(throttled).toBeGreaterThan(0)
    expect(requests).toBe(3)
    await producer.close()
  })
})

/** Authentication against a broker of a few lines: what the client says, what it refuses to believe, and when it ends. */
import { afterEach, describe, expect, it, test } from 'vitest'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import { askVersions } from '../../src/kafka/native/connection/api-versions.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { bearerMessage } from '../../src/kafka/native/sasl/oauth-bearer.ts'
import { renewalAfter, SaslSession } from '../../src/kafka/native/sasl/session.ts'
import { checkSasl, type SaslSettings } from '../../src/kafka/native/sasl/settings.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { randomInteger, seededRandom } from '../../src/random.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'
import { Metadata } from '../../src/wire/apis/index.ts'
import { errorOf, until } from '../contracts/tools.ts'
import { type FakeBroker, type FakeOptions, startFakeBroker } from './fake-broker.ts'
import { openConnection } from './open-connection.ts'
import { scramServer } from './scram-server.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function fake(sasl: FakeOptions['sasl']): Promise<FakeBroker> {
  const broker = await startFakeBroker(sasl === undefined ? {} : { sasl })
  open.push(() => broker.close())
  return broker
}

function client(broker: FakeBroker, sasl: SaslSettings, more: Partial<NativeConfig> = {}): Kafka {
  const kafka = connectKafka({ brokers: [broker.address], sasl, ...more })
  open.push(() => kafka.close())
  return kafka
}

const ann = { username: 'ann, "=x"', password: 'pa ß word' }

describe('a client', () => {
  it('says PLAIN as RFC 4616 has it, after ApiVersions and before anything else', async () => {
    const heard: string[] = []
    const broker = await fake({
      PLAIN: () => (message) => {
        heard.push(message.toString())
        return {}
      },
    })
    await client(broker, { mechanism: 'plain', ...ann }).connect()
    expect(heard).toEqual(['\0ann, "=x"\0pa ß word'])
    expect(broker.seen).toEqual(['ApiVersions', 'SaslHandshake', 'SaslAuthenticate', 'Metadata'])
  })

  it.each([
    ['scram-sha-256', 'SCRAM-SHA-256', 'sha256'],
    ['scram-sha-512', 'SCRAM-SHA-512', 'sha512'],
  ] as const)(
    'proves by %s that it knows the password, and lets the broker prove it',
    async (mechanism, name, digest) => {
      const broker = await fake({ [name]: () => scramServer({ ...ann, digest }) })
      const kafka = client(broker, { mechanism, ...ann })
      await kafka.connect()
      expect(kafka.metrics().get('SaslAuthenticate')).toMatchObject({ requests: 2, answers: 2, refused: 0 })
    },
  )

  it('asks its provider for a token, and sends extensions', async () => {
    const heard: string[] = []
    const broker = await fake({
      OAUTHBEARER: () => (message) => {
        heard.push(message.toString())
        return {}
      },
    })
    const oauthBearerProvider = async () => ({ value: 'abc.def.', extensions: { tenant: 'blue one' } })
    await client(broker, { mechanism: 'oauthbearer', oauthBearerProvider }).connect()
    expect(heard).toEqual(['n,,\x01auth=Bearer abc.def.\x01tenant=blue one\x01\x01'])
  })

  it('hands a provider in the shape of kafkajs its messages with their length in front', async () => {
    const broker = await fake({ SECRET: () => (message) => ({ authBytes: Buffer.from(`${message}!`) }) })
    const parsed: string[] = []
    const sasl: SaslSettings = {
      mechanism: 'secret',
      authenticationProvider: ({ host, port, saslAuthenticate }) => ({
        async authenticate() {
          expect(`${host}:${port}`).toBe(broker.address)
          const encode = () => Buffer.from('\0\0\0\x05hello', 'latin1')
          const decode = (raw: Buffer) => raw.subarray(4)
          const answer = await saslAuthenticate({ request: { encode }, response: { decode, parse: String } })
          parsed.push(answer ?? '')
        },
      }),
    }
    await client(broker, sasl).connect()
    expect(parsed).toEqual(['hello!'])
  })
})

describe('a refusal', () => {
  const wrong = { mechanism: 'scram-sha-256', username: ann.username, password: 'wrong' } as const

  it('of the password is fatal, said once, and without the password', async () => {
    const broker = await fake({ 'SCRAM-SHA-256': () => scramServer({ ...ann, digest: 'sha256' }) })
    const error = await errorOf(client(broker, wrong).connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'SASL_AUTHENTICATION_FAILED'])
    expect(error?.message).toContain(`SCRAM-SHA-256 at ${broker.address}`)
    expect(error?.message).toContain('invalid credentials')
    expect(error?.message).not.toContain('wrong')
    expect(broker.seen.filter((name) => name === 'SaslHandshake')).toHaveLength(1)
  })

  it('of the mechanism names those there are', async () => {
    const broker = await fake({ PLAIN: () => () => ({}), 'SCRAM-SHA-512': () => () => ({}) })
    const error = await errorOf(client(broker, wrong).connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'UNSUPPORTED_SASL_MECHANISM'])
    expect(error?.message).toContain('PLAIN, SCRAM-SHA-512')
  })

  it('of a token carries the reason of the challenge, after the challenge was acknowledged', async () => {
    const heard: Buffer[] = []
    const broker = await fake({
      OAUTHBEARER: () => (message) => {
        heard.push(message)
        if (heard.length === 1) return { authBytes: Buffer.from('{"status":"invalid_token"}') }
        return { errorCode: 58, errorMessage: '{"status":"invalid_token"}' }
      },
    })
    const oauthBearerProvider = async () => ({ value: 'stale' })
    const error = await errorOf(client(broker, { mechanism: 'oauthbearer', oauthBearerProvider }).connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'SASL_AUTHENTICATION_FAILED'])
    expect(error?.message).toContain('invalid_token')
    expect(heard[1]).toEqual(Buffer.from([1]))
  })

  it.each([
    ['that signs with another password', { signsWith: 'guess' }, 'somebody else'],
    ['that repeats our nonce', { nonce: (mine: string) => mine }, 'does not go on'],
    ['that answers another nonce', { nonce: () => 'replayed' }, 'does not go on'],
    ['that wants few iterations', { iterations: 100 }, '100 iterations'],
  ])('by the client meets a broker %s', async (_, wish, why) => {
    const broker = await fake({ 'SCRAM-SHA-256': () => scramServer({ ...ann, digest: 'sha256', ...wish }) })
    const error = await errorOf(client(broker, { mechanism: 'scram-sha-256', ...ann }).connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'SASL_AUTHENTICATION_FAILED'])
    expect(error?.message).toContain(why)
    expect(broker.seen).not.toContain('Metadata')
  })
})

it('a broker that talks nonsense is refused, whatever it says', async () => {
  const random = seededRandom(3)
  const nonsense = () =>
    Buffer.from(Array.from({ length: randomInteger(random, 0, 80) }, () => randomInteger(random, 0, 255)))
  const broker = await fake({ 'SCRAM-SHA-256': () => () => ({ authBytes: nonsense() }) })
  for (let time = 0; time < 40; time++) {
    const error = await errorOf(client(broker, { mechanism: 'scram-sha-256', ...ann }).connect())
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'SASL_AUTHENTICATION_FAILED'])
  }
})

describe('what hangs ends', () => {
  it('when the broker falls silent in the exchange', async () => {
    const broker = await fake({ PLAIN: () => () => null })
    const kafka = client(broker, { mechanism: 'plain', ...ann }, { authenticationTimeout: 30, connectionTimeout: 200 })
    const error = await errorOf(kafka.connect())
    expect(error?.reason).toBe('UNREACHABLE')
    expect(error?.message).toContain('PLAIN')
  })

  it('when the provider never gives a token, or fails: that may pass, so it is tried again', async () => {
    const broker = await fake({ OAUTHBEARER: () => () => ({}) })
    let calls = 0
    const oauthBearerProvider = (): Promise<{ value: string }> => {
      calls++
      if (calls === 1) return new Promise(() => undefined)
      return calls === 2 ? Promise.reject(new Error('token server is down')) : Promise.resolve({ value: 'fresh' })
    }
    const times = { authenticationTimeout: 50, connectionTimeout: 10_000 }
    await client(broker, { mechanism: 'oauthbearer', oauthBearerProvider }, times).connect()
    expect(calls).toBe(3)
  })
})

describe('re-authentication (KIP-368)', () => {
  const settings = { mechanism: 'scram-sha-256', ...ann } as const

  it.each([
    [0, 10_000, Number.POSITIVE_INFINITY],
    [3_600_000, 10_000, 3_590_000],
    [12_000, 10_000, 6_000],
    [1_500, 10_000, 1_100],
    [500, 10_000, 500],
  ])('of a session of %i ms with a threshold of %i ms is due after %d ms', (lifetime, threshold, due) => {
    expect(renewalAfter(lifetime, threshold)).toBe(due)
  })

  /** A client whose sessions last a minute, connected by a clock that stands still. */
  async function session(passwordOf: () => string = () => ann.password) {
    const wish = { ...ann, digest: 'sha256', sessionLifetimeMs: 60_000 } as const
    const broker = await fake({ 'SCRAM-SHA-256': () => scramServer({ ...wish, password: passwordOf() }) })
    const clock = new VirtualClock(0)
    const kafka = connectKafka({ brokers: [broker.address], sasl: settings }, { clock })
    open.push(() => kafka.close())
    await kafka.connect()
    await kafka.topics.describe(['a'])
    broker.seen.splice(0)
    return { broker, clock, kafka }
  }

  it('happens on the connection that stands, and what waits for it goes out in order afterwards', async () => {
    const { broker, clock, kafka } = await session()
    await clock.advance({ milliseconds: 49_999 })
    await kafka.topics.describe(['b'])
    expect(broker.seen.splice(0)).toEqual(['Metadata'])
    await clock.advance({ milliseconds: 1 })
    await Promise.all([kafka.topics.describe(['c']), kafka.topics.describe(['d'])])
    // Both ask in one request.
    expect(broker.seen).toEqual(['SaslHandshake', 'SaslAuthenticate', 'SaslAuthenticate', 'Metadata'])
    await kafka.topics.describe(['e'])
    expect(broker.seen).toHaveLength(5)
  })

  it('waits for the answer to a long poll, however long that takes', async () => {
    let isTalking = true
    const wish = { ...ann, digest: 'sha256', sessionLifetimeMs: 60_000 } as const
    const broker = await startFakeBroker({
      sasl: { 'SCRAM-SHA-256': () => scramServer(wish) },
      isTalking: () => isTalking,
    })
    open.push(() => broker.close())
    const clock = new VirtualClock(0)
    const { connection, logger } = await openConnection(broker.address, clock)
    open.push(async () => connection.close())
    const times = { authenticationTimeout: 10_000, reauthenticationThreshold: 10_000 }
    const versions = await askVersions(connection, 1_000)
    const session = new SaslSession(connection, checkSasl(settings)(logger), versions, times, clock)
    await session.authenticate()
    broker.seen.splice(0)
    const ask = () => connection.request(Metadata, 12, { topics: [] }, Number.POSITIVE_INFINITY)
    isTalking = false
    const slow = ask()
    await clock.advance({ milliseconds: 50_000 })
    session.renewIfDue()
    const next = ask()
    await clock.advance({ milliseconds: 3_600_000 })
    await until('the slow question has arrived', () => broker.seen.length === 1)
    isTalking = true
    broker.release()
    await Promise.all([slow, next])
    expect(broker.seen).toEqual(['Metadata', 'SaslHandshake', 'SaslAuthenticate', 'SaslAuthenticate', 'Metadata'])
  })

  it('that is refused ends in a fatal error for who waited', async () => {
    let password = ann.password
    const { broker, clock, kafka } = await session(() => password)
    password = 'another since'
    await clock.advance({ milliseconds: 50_000 })
    const error = await errorOf(kafka.topics.describe(['b']))
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'SASL_AUTHENTICATION_FAILED'])
    expect(broker.seen).toEqual(['SaslHandshake', 'SaslAuthenticate', 'SaslAuthenticate'])
  })
})

test('a token or an extension that would end its place in the message is refused', () => {
  expect(() => bearerMessage({ value: 'a\x01b' })).toThrow('token')
  expect(() => bearerMessage({ value: '' })).toThrow('token')
  expect(() => bearerMessage({ value: 'a', extensions: { auth: 'x' } })).toThrow('"auth"')
  expect(() => bearerMessage({ value: 'a', extensions: { x: 'a\x01b' } })).toThrow('"x"')
  expect(bearerMessage({ value: 'a' }, 'me,=')).toBe('n,a=me=2C=3D,\x01auth=Bearer a\x01\x01')
})

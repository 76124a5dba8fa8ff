/** Who may speak: SASL and its sessions, TLS, and clients that others have written. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import kafkajs, { type KafkaConfig } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerOptions, type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { FrameReader } from '../../src/broker/network/frames.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { ApiVersions, Metadata, SaslAuthenticate, SaslHandshake } from '../../src/wire/apis/index.ts'
import { encodeRequest } from '../../src/wire/codec.ts'
import { errorName } from '../../src/wire/errors.ts'
import { type Certificates, makeCertificates } from '../native/certificates.ts'
import { HandClock } from './hand-clock.ts'
import { WireClient } from './wire-client.ts'

const execute = promisify(execFile)
const closing: (() => unknown)[] = []
let certificates: Certificates
let folder: string
beforeAll(() => {
  certificates = makeCertificates()
  folder = mkdtempSync(join(tmpdir(), 'millrace-security-'))
  writeFileSync(join(folder, 'ca.pem'), certificates.ca)
})
afterAll(async () => {
  for (const close of closing.reverse()) await close()
  rmSync(folder, { recursive: true, force: true })
})

const sasl: NonNullable<BrokerOptions['sasl']> = {
  plain: { alice: 'wonder', bob: 'build' },
  scram: { users: { alice: 'wonder' } },
  oauthbearer: async (token) => (token === 'good' ? { principal: 'alice' } : null),
}

async function broker(options: BrokerOptions): Promise<EmbeddedBroker> {
  const started = await startBroker(options)
  closing.push(() => started.close())
  return started
}

function clientOf({ address }: EmbeddedBroker): WireClient {
  const client = new WireClient(address)
  closing.push(() => client.close())
  return client
}

const plain = (name: string, password: string): Buffer => Buffer.from(`\0${name}\0${password}`)

async function handshake(client: WireClient, mechanism = 'PLAIN'): Promise<unknown> {
  const { errorCode, mechanisms } = await client.send(SaslHandshake, 1, { mechanism })
  return [errorName(errorCode), mechanisms]
}

async function authenticate(client: WireClient, authBytes: Buffer, version = 2) {
  const answer = await client.send(SaslAuthenticate, version, { authBytes })
  return { error: errorName(answer.errorCode), message: answer.errorMessage, lifetime: answer.sessionLifetimeMs }
}

const topics = (client: WireClient) => client.send(Metadata, 9, { topics: [], allowAutoTopicCreation: false })
const versions = (client: WireClient) =>
  client.send(ApiVersions, 3, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']

describe('a connection that is not known', () => {
  test('is served once it has said who it is', async () => {
    const client = clientOf(await broker({ sasl }))
    expect((await versions(client)).errorCode).toBe(0)
    expect(await handshake(client)).toEqual(['NONE', mechanisms])
    expect(await authenticate(client, plain('alice', 'wonder'))).toEqual({ error: 'NONE', message: '', lifetime: 0 })
    expect((await topics(client)).topics).toEqual([])
  })

  test('may ask for versions in one that nobody knows, and then once more', async () => {
    const client = clientOf(await broker({ sasl }))
    client.raw(frameOf(18, 99, 'no tags'))
    expect(errorName((await client.receive(ApiVersions, 0)).errorCode)).toBe('UNSUPPORTED_VERSION')
    expect((await versions(client)).errorCode).toBe(0)
    await expect(versions(client)).rejects.toThrow('connection closed')
  })

  test.each([
    ['anything else', topics],
    ['SaslAuthenticate before SaslHandshake', (client: WireClient) => authenticate(client, plain('alice', 'wonder'))],
  ])('loses its connection over %s', async (_, ask) => {
    const client = clientOf(await broker({ sasl }))
    await expect(ask(client)).rejects.toThrow('connection closed')
  })

  test('learns which mechanisms there are, and loses its connection', async () => {
    const client = clientOf(await broker({ sasl }))
    expect(await handshake(client, 'GSSAPI')).toEqual(['UNSUPPORTED_SASL_MECHANISM', mechanisms])
    await client.closed
  })

  test('is told when its password is wrong, and loses its connection', async () => {
    const client = clientOf(await broker({ sasl }))
    await handshake(client)
    expect(await authenticate(client, plain('alice', 'wander'))).toMatchObject({
      error: 'SASL_AUTHENTICATION_FAILED',
      message: 'Authentication failed: Invalid username or password',
    })
    await client.closed
  })

  test.each([
    ['ApiVersions', async (client: WireClient) => errorName((await versions(client)).errorCode)],
    ['SaslHandshake', async (client: WireClient) => ((await handshake(client)) as string[])[0]],
  ])('is told that %s comes at the wrong time', async (_, ask) => {
    const client = clientOf(await broker({ sasl }))
    await handshake(client)
    expect(await ask(client)).toBe('ILLEGAL_SASL_STATE')
    await client.closed
  })

  test.each([
    ['a version of SaslHandshake that there is not', frameOf(17, 9)],
    ['a SaslHandshake that says nothing', frameOf(17, 1)],
    ['a frame that is no request', Buffer.from('00000003ffffff', 'hex')],
  ])('ends with %s', async (_, bytes) => {
    const mistakes: Error[] = []
    const client = clientOf(await broker({ sasl, onError: (error) => mistakes.push(error) }))
    client.raw(bytes)
    await client.closed
    expect(mistakes).toEqual([])
  })

  test('ends with a SaslAuthenticate that cannot be read', async () => {
    const mistakes: Error[] = []
    const client = clientOf(await broker({ sasl, onError: (error) => mistakes.push(error) }))
    await handshake(client)
    client.raw(frameOf(36, 1))
    await client.closed
    expect(mistakes).toEqual([])
  })
})

describe('bare tokens, as clients send them that shake hands in version 0', () => {
  test('the exchange', async () => {
    const { address } = await broker({ sasl })
    const { socket, next } = rawClient(address)
    socket.write(encodeRequest(SaslHandshake, 0, { correlationId: 1, clientId: 'old' }, { mechanism: 'PLAIN' }))
    await next()
    socket.write(sized(plain('alice', 'wonder')))
    expect(await next()).toEqual(Buffer.alloc(0))
    const body = { topics: [], allowAutoTopicCreation: false }
    socket.write(encodeRequest(Metadata, 9, { correlationId: 2, clientId: 'old' }, body))
    expect((await next()).readInt32BE(0)).toBe(2)
    socket.destroy()
  })

  test('a wrong one ends the connection without a word', async () => {
    const { address } = await broker({ sasl })
    const { socket, next } = rawClient(address)
    socket.write(encodeRequest(SaslHandshake, 0, { correlationId: 1, clientId: 'old' }, { mechanism: 'PLAIN' }))
    await next()
    socket.write(sized(plain('alice', 'wander')))
    await once(socket, 'close')
  })
})

describe('a session', () => {
  async function begin(clock: HandClock): Promise<WireClient> {
    const client = clientOf(await broker({ sasl, reauthentication: { seconds: 30 }, clock }))
    await handshake(client)
    expect((await authenticate(client, plain('alice', 'wonder'))).lifetime).toBe(30_000)
    return client
  }

  test('ends at the first request after its time', async () => {
    const clock = new HandClock()
    const client = await begin(clock)
    clock.advance(29_999)
    await topics(client)
    clock.advance(1)
    await expect(topics(client)).rejects.toThrow('connection closed')
  })

  test('is prolonged by authenticating again, even late', async () => {
    const clock = new HandClock()
    const client = await begin(clock)
    clock.advance(31_000)
    await handshake(client)
    expect(await authenticate(client, plain('alice', 'wonder'), 1)).toMatchObject({ error: 'NONE', lifetime: 30_000 })
    clock.advance(29_000)
    expect((await topics(client)).topics).toEqual([])
  })

  test('stays with its owner and mechanism', async () => {
    const clock = new HandClock()
    const other = await begin(clock)
    await handshake(other)
    expect(await authenticate(other, plain('bob', 'build'))).toMatchObject({ error: 'SASL_AUTHENTICATION_FAILED' })
    await other.closed
    const another = await begin(clock)
    expect(await handshake(another, 'SCRAM-SHA-256')).toEqual(['NONE', mechanisms])
    await expect(authenticate(another, Buffer.from('n,,n=alice,r=abc'))).rejects.toThrow('connection closed')
    await another.closed
  })

  test('is not begun anew twice within a second, nor authenticated for nothing', async () => {
    const clock = new HandClock()
    const client = await begin(clock)
    await handshake(client)
    await authenticate(client, plain('alice', 'wonder'))
    expect(await handshake(client)).toEqual(['ILLEGAL_SASL_STATE', []])
    expect(await authenticate(client, plain('alice', 'wonder'))).toMatchObject({ error: 'ILLEGAL_SASL_STATE' })
    expect((await topics(client)).topics).toEqual([])
  })

  test('ends with the token that began it', async () => {
    const clock = new HandClock()
    const expires = clock.now() + 5_000
    const client = clientOf(
      await broker({ sasl: { oauthbearer: () => ({ principal: 'alice', expires }) }, clock, reauthentication: {} }),
    )
    await handshake(client, 'OAUTHBEARER')
    const { lifetime } = await authenticate(client, Buffer.from('n,,\x01auth=Bearer abc\x01\x01'))
    expect(lifetime).toBe(5_000)
    clock.advance(5_000)
    await expect(topics(client)).rejects.toThrow('connection closed')
  })

  test('is not begun by a token that is no good: the client reads why', async () => {
    const client = clientOf(await broker({ sasl }))
    await handshake(client, 'OAUTHBEARER')
    const told = await client.send(SaslAuthenticate, 2, { authBytes: Buffer.from('n,,\x01auth=Bearer bad\x01\x01') })
    expect([errorName(told.errorCode), String(told.authBytes)]).toEqual(['NONE', '{"status":"invalid_token"}'])
    expect(await authenticate(client, Buffer.from('\x01'))).toMatchObject({
      error: 'SASL_AUTHENTICATION_FAILED',
      message: '{"status":"invalid_token"}',
    })
  })
})

test('where nobody has to say who it is, SASL is out of place', async () => {
  const client = clientOf(await broker({}))
  expect(await handshake(client)).toEqual(['ILLEGAL_SASL_STATE', []])
  expect(await authenticate(client, plain('a', 'b'))).toMatchObject({ error: 'ILLEGAL_SASL_STATE' })
})

describe('TLS', () => {
  const port = ({ address }: EmbeddedBroker): number => Number(address.split(':')[1])

  async function outcome(socket: TLSSocket): Promise<string> {
    // With TLS 1.3 a server refuses a client's certificate after the client believes that all is well.
    socket.on('secureConnect', () => socket.write(frameOf(18, 0)))
    const { promise, resolve } = Promise.withResolvers<string>()
    socket.on('data', () => resolve('answered'))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
    socket.on('close', () => resolve('closed'))
    const seen = await promise
    socket.destroy()
    return seen
  }

  test('shows its certificate', async () => {
    const { ca, server } = certificates
    const started = await broker({ tls: server })
    const to = { port: port(started), host: '127.0.0.1' }
    expect(await outcome(connect({ ...to, ca }))).toBe('answered')
    expect(await outcome(connect(to))).toMatch(/SELF_SIGNED|UNABLE_TO/)
  })

  test('may ask for the certificate of the client', async () => {
    const { ca, server, client, stranger } = certificates
    const to = { port: port(await broker({ tls: { ...server, ca, requestCert: true } })), host: '127.0.0.1', ca }
    expect(await outcome(connect({ ...to, ...client }))).toBe('answered')
    expect(await outcome(connect({ ...to, ...stranger }))).not.toBe('answered')
    expect(await outcome(connect(to))).not.toBe('answered')
  })

  test('ends with the broker, whatever its connections are at', async () => {
    const started = await startBroker({ tls: certificates.server })
    const unready = connectPlain(port(started), '127.0.0.1')
    await once(unready, 'connect')
    const ended = once(unready, 'close')
    await started.close()
    await ended
  })
})

describe('clients of others, over TLS', () => {
  let started: EmbeddedBroker
  const users = { alice: 'wonder' }

  beforeAll(async () => {
    const tls = certificates.server
    started = await broker({ tls, sasl: { ...sasl, plain: users, scram: { users } }, partitions: 2 })
  })

  const settings: Readonly<Record<string, NonNullable<KafkaConfig['sasl']>>> = {
    PLAIN: { mechanism: 'plain', username: 'alice', password: 'wonder' },
    'SCRAM-SHA-256': { mechanism: 'scram-sha-256', username: 'alice', password: 'wonder' },
    'SCRAM-SHA-512': { mechanism: 'scram-sha-512', username: 'alice', password: 'wonder' },
    OAUTHBEARER: { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: 'good' }) },
  }

  async function createWithKafkajs(mechanism: string, topic: string): Promise<void> {
    const admin = new kafkajs.Kafka({
      brokers: [started.address],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 0 },
      ssl: { ca: [certificates.ca] },
      sasl: settings[mechanism]!,
    }).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic }] })
    await admin.disconnect()
  }

  test.each(Object.keys(settings))('kafkajs by %s', async (mechanism) => {
    await createWithKafkajs(mechanism, `by-${mechanism}`)
  })

  test.each(Object.keys(settings))('our own by %s', async (mechanism) => {
    const kafka = connectKafka({
      brokers: [started.address],
      ssl: { ca: certificates.ca },
      sasl: settings[mechanism] as never,
    })
    await kafka.connect()
    await kafka.topics.create([{ name: `ours-${mechanism}` }])
    await kafka.close()
  })

  // Not by SCRAM: librdkafka 2.0 ends with another nonce than it was given, which Apache Kafka 4.1 refuses as well.
  test('kcat (librdkafka) by PLAIN', async () => {
    const listing = await execute('kcat', [
      ...['-b', started.address, '-L', '-J', '-m', '20', '-X', 'security.protocol=sasl_ssl'],
      ...['-X', `ssl.ca.location=${join(folder, 'ca.pem')}`, '-X', 'sasl.mechanism=PLAIN'],
      ...['-X', 'sasl.username=alice', '-X', 'sasl.password=wonder'],
    ])
    expect(JSON.parse(listing.stdout).brokers).toEqual([{ id: 1, name: started.address }])
  })
})

function rawClient(address: string): { readonly socket: Socket; next(): Promise<Buffer> } {
  const [host, port] = address.split(':')
  const socket = connectPlain(Number(port), host)
  closing.push(() => socket.destroy())
  const frames = new FrameReader()
  const arrived: Buffer[] = []
  let wake: () => void = () => {}
  socket.on('data', (chunk: Buffer) => {
    arrived.push(...(frames.push(chunk) ?? []))
    wake()
  })
  const next = async (): Promise<Buffer> => {
    while (arrived.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return arrived.shift()!
  }
  return { socket, next }
}

function sized(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** A request with an empty body; the header of newer versions ends with its tags, of which there are none. */
function frameOf(key: number, version: number, tags?: 'no tags'): Buffer {
  const header = Buffer.alloc(10)
  header.writeInt16BE(key, 0)
  header.writeInt16BE(version, 2)
  header.writeInt32BE(1, 4)
  header.writeInt16BE(-1, 8)
  return sized(tags === undefined ? header : Buffer.concat([header, Buffer.alloc(1)]))
}

/** TLS: what is trusted, and what one reads when it is not. */
import { once } from 'node:events'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { KafkaError } from '../../src/kafka/port.ts'
import { errorOf } from '../contracts/tools.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { type FakeBroker, type FakeOptions, startFakeBroker } from './fake-broker.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

let made: Certificates
beforeAll(() => {
  made = makeCertificates()
})

async function fake(options: FakeOptions = {}): Promise<FakeBroker> {
  const broker = await startFakeBroker(options)
  open.push(() => broker.close())
  return broker
}

/** Null when it connected and was answered. */
async function failureOf(address: string, config: Partial<NativeConfig>): Promise<KafkaError | null> {
  const kafka = connectKafka({ connectionTimeout: 1_000, retry: { retries: 0 }, ...config, brokers: [address] })
  open.push(() => kafka.close())
  return errorOf(kafka.connect().then(() => kafka.topics.describe(['t'])))
}

describe('a broker with TLS', () => {
  it('is spoken to when its authority is known, by IP address and by name', async () => {
    const broker = await fake({ tls: made.server })
    expect(await failureOf(broker.address, { ssl: { ca: made.ca } })).toBeNull()
    expect(await failureOf(broker.address.replace('127.0.0.1', 'localhost'), { ssl: { ca: [made.ca] } })).toBeNull()
  })

  it('gets the certificate of the client where it wants one', async () => {
    const broker = await fake({ tls: { ...made.server, ca: made.ca, requestCert: true, rejectUnauthorized: true } })
    expect(await failureOf(broker.address, { ssl: { ca: made.ca, ...made.client } })).toBeNull()
    const without = await failureOf(broker.address, { ssl: { ca: made.ca } })
    expect([without?.fault, without?.reason]).toEqual(['fatal', 'TLS_CLIENT_CERTIFICATE'])
    expect(without?.message).toContain('ssl.cert and ssl.key')
    // A server on Node only closes the connection then.
    const wrong = await failureOf(broker.address, { ssl: { ca: made.ca, ...made.stranger } })
    expect(wrong?.message).toContain('a listener that does not trust the client')
  })

  it.each([
    ['nobody trusts', () => made.stranger, 'TLS_UNTRUSTED', 'ssl.ca'],
    ['is out of date', () => made.expired, 'TLS_EXPIRED', 'clock'],
    ['is made out to another host', () => made.elsewhere, 'TLS_WRONG_HOST', 'ssl.servername'],
  ])('whose certificate %s is fatal, and says what to do', async (_, certificate, reason, advice) => {
    const broker = await fake({ tls: certificate() })
    const error = await failureOf(broker.address, { ssl: { ca: made.ca } })
    expect([error?.fault, error?.reason]).toEqual(['fatal', reason])
    expect(error?.message).toContain(broker.address)
    expect(error?.message).toContain(advice)
    expect(broker.seen).toEqual([])
  })

  it('is not trusted by ssl: true unless the machine does', async () => {
    const broker = await fake({ tls: made.server })
    expect((await failureOf(broker.address, { ssl: true }))?.reason).toBe('TLS_UNTRUSTED')
  })

  it('is believed to be another host when the user says so', async () => {
    const broker = await fake({ tls: made.elsewhere })
    expect(await failureOf(broker.address, { ssl: { ca: made.ca, servername: 'example.org' } })).toBeNull()
    expect(await failureOf(broker.address, { ssl: { rejectUnauthorized: false } })).toBeNull()
  })

  it('that speaks other versions only is fatal', async () => {
    const broker = await fake({ tls: { ...made.server, minVersion: 'TLSv1.3' } })
    const error = await failureOf(broker.address, { ssl: { ca: made.ca, maxVersion: 'TLSv1.2' } })
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'TLS_FAILED'])
    expect(error?.message).toContain('ssl.minVersion')
  })

  it('is recognised by a client without: by its alert, or by a hint where it only closes', async () => {
    const alert = Buffer.from([0x15, 3, 3, 0, 2, 2, 40])
    const address = await listen((socket) => socket.once('data', () => socket.end(alert)))
    const told = await failureOf(address, {})
    expect([told?.fault, told?.reason]).toEqual(['fatal', 'TLS_REQUIRED'])
    const broker = await fake({ tls: made.server })
    expect((await failureOf(broker.address, {}))?.message).toContain('a listener with TLS does so (set ssl)')
  })
})

describe('a port without TLS', () => {
  it('that answers something else is fatal', async () => {
    const address = await listen((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    const error = await failureOf(address, { ssl: { ca: made.ca } })
    expect([error?.fault, error?.reason]).toEqual(['fatal', 'TLS_NOT_SPOKEN'])
  })

  it('that closes the connection, as Kafka does, is told with a hint', async () => {
    const address = await listen((socket) => socket.once('data', () => socket.end()))
    const error = await failureOf(address, { ssl: { ca: made.ca } })
    expect(error?.reason).toBe('UNREACHABLE')
    expect(error?.message).toContain('a listener without TLS does so')
  })

  it('that never shakes hands is given up after the connection timeout', async () => {
    const address = await listen(() => undefined)
    const error = await failureOf(address, { ssl: { ca: made.ca }, connectionTimeout: 50 })
    expect(error?.message).toContain('no connection within 50 ms')
  })
})

describe('a socket factory, as kafkajs has it', () => {
  it('is told host, port and the options of TLS, and makes the connection', async () => {
    const broker = await fake({ tls: made.server })
    const asked: object[] = []
    const socketFactory: NativeConfig['socketFactory'] = ({ host, port, ssl, onConnect }) => {
      asked.push({ host, port, ca: ssl.ca })
      return connectTls({ host, port, ...ssl }, onConnect)
    }
    expect(await failureOf(broker.address, { ssl: { ca: made.ca }, socketFactory })).toBeNull()
    const [host, port] = broker.address.split(':')
    expect(asked[0]).toEqual({ host, port: Number(port), ca: made.ca })
  })

  it('gets no options without TLS, and may throw', async () => {
    const broker = await fake()
    const plain: NativeConfig['socketFactory'] = ({ host, port, ssl, onConnect }) => {
      expect(ssl).toBeUndefined()
      return connectTcp({ host, port }, onConnect)
    }
    expect(await failureOf(broker.address, { socketFactory: plain })).toBeNull()
    const socketFactory = () => {
      throw new Error('no tunnel today')
    }
    expect((await failureOf(broker.address, { socketFactory }))?.message).toContain('no tunnel today')
  })
})

async function listen(welcome: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    welcome(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(async () => {
    for (const socket of sockets) socket.destroy()
    await once(server.close(), 'close')
  })
  return `127.0.0.1:${(server.address() as { port: number }).port}`
}

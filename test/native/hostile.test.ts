/** Peers that break the rules, or are not there. */
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { KafkaError } from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import { ApiVersions } from '../../src/wire/apis/18-api-versions.ts'
import { decodeRequestHeader, encodeResponse } from '../../src/wire/codec.ts'
import { startProxy } from '../contracts/proxy.ts'
import { batchOf, connected, errorOf, readUpTo, rowsOf } from '../contracts/tools.ts'
import { openConnection } from './open-connection.ts'

type Answer = (request: Buffer, socket: Socket) => void

const open: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function peer(answer: Answer): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => answer(chunk.subarray(4), socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

/** Answers the handshake, and whatever comes then with these bytes. */
function liar(lie: (correlationId: number) => Buffer): Answer {
  return (request, socket) => {
    const { apiKey, apiVersion, correlationId } = decodeRequestHeader(request)
    if (apiKey !== ApiVersions.key) return void socket.write(lie(correlationId))
    const apiKeys = Array.from({ length: 80 }, (_, key) => ({ apiKey: key, minVersion: 0, maxVersion: 12 }))
    socket.write(encodeResponse(ApiVersions, apiVersion, correlationId, { errorCode: 0, apiKeys }))
  }
}

function frame(body: Buffer, length: number = body.length): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(length)
  return Buffer.concat([size, body])
}

async function refusalOf(brokers: string[]): Promise<KafkaError> {
  const kafka = connectKafka({ brokers, connectionTimeout: 100 })
  const error = await errorOf(kafka.connect())
  await kafka.close()
  return error ?? new KafkaError('fatal', 'NONE', 'connect', 'it connected')
}

describe('connecting', () => {
  it('to nowhere is fatal and names every address that was tried', async () => {
    const error = await refusalOf(['127.0.0.1:1', '127.0.0.1:2'])
    expect([error.fault, error.reason]).toEqual(['fatal', 'UNREACHABLE'])
    expect(error.message).toContain('127.0.0.1:1')
    expect(error.message).toContain('127.0.0.1:2')
  })

  it('to who never answers ends as well', async () => {
    const address = await peer(() => undefined)
    const error = await refusalOf([address])
    expect([error.reason, error.message.includes(address)]).toEqual(['UNREACHABLE', true])
  })

  it('finds the one address of several that works', async () => {
    const broker = await startBroker()
    open.push(() => broker.close())
    const kafka = connectKafka({ brokers: ['127.0.0.1:1', broker.address], connectionTimeout: 500 })
    await kafka.connect()
    expect(await kafka.topics.describe(['t'])).toEqual([{ name: 't', exists: false, partitions: 0 }])
    await kafka.close()
  })
})

describe('a reply', () => {
  const lies: readonly (readonly [string, (correlationId: number) => Buffer])[] = [
    ['with a negative length', () => frame(Buffer.alloc(8), -5)],
    ['with a length of two gigabytes', () => frame(Buffer.alloc(8), 0x7fffffff)],
    ['to a question nobody asked', (id) => frame(correlated(id + 1, Buffer.alloc(40)))],
    ['that ends in the middle', (id) => frame(correlated(id, Buffer.from([0, 0, 0, 0, 0, 5])))],
    ['with a list longer than itself', (id) => frame(correlated(id, Buffer.from([0, 0, 0, 0, 0, 255, 255, 255, 127])))],
    ['of nothing but 0xff', (id) => frame(correlated(id, Buffer.alloc(64, 255)))],
  ]
  it.each(lies)('%s fails cleanly', async (_, lie) => {
    const error = await refusalOf([await peer(liar(lie))])
    expect([error.fault, error.reason]).toEqual(['fatal', 'UNREACHABLE'])
  })

  it('of random bytes fails cleanly, whatever they are', async () => {
    const random = seededRandom(11)
    const noise = (id: number) => {
      const bytes = Buffer.from(Array.from({ length: 60 }, () => Math.floor(random.next() * 256)))
      return frame(correlated(id, bytes))
    }
    const error = await refusalOf([await peer(liar(noise))])
    expect(error).toBeInstanceOf(KafkaError)
  })

  it('from a broker whose versions are not ours is refused by name', async () => {
    const stranger: Answer = (request, socket) => {
      const { apiVersion, correlationId } = decodeRequestHeader(request)
      const apiKeys = [{ apiKey: 3, minVersion: 100, maxVersion: 110 }]
      socket.write(encodeResponse(ApiVersions, apiVersion, correlationId, { errorCode: 0, apiKeys }))
    }
    const error = await refusalOf([await peer(stranger)])
    expect([error.fault, error.reason]).toEqual(['fatal', 'UNSUPPORTED_VERSION'])
    expect(error.message).toContain('Metadata in versions 100 to 110')
  })

  it('in version 0 to a question in version 4 is understood', async () => {
    const broker = await startBroker()
    open.push(() => broker.close())
    const versions: number[] = []
    const old: Answer = (request, socket) => {
      const { apiVersion, correlationId } = decodeRequestHeader(request)
      versions.push(apiVersion)
      const errorCode = apiVersion === 0 ? 0 : 35
      socket.write(encodeResponse(ApiVersions, 0, correlationId, { errorCode, apiKeys: [] }))
    }
    const error = await refusalOf([await peer(old)])
    expect(versions).toContain(0)
    expect(versions[0]).toBe(4)
    expect(error.reason).toBe('UNSUPPORTED_VERSION')
  })
})

describe('data', () => {
  const text = 'do not change me'
  const setUp = async () => {
    const broker = await startBroker()
    const proxy = await startProxy(broker.address)
    const kafka = await connected(proxy.address)
    open.push(
      () => kafka.close(),
      () => proxy.close(),
      () => broker.close(),
    )
    await kafka.topics.create([{ name: 't', partitions: 1 }])
    const place = { topic: 't', partition: 0 }
    await kafka.producer().append(place, batchOf(text))
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    return { proxy, fetcher, place }
  }

  it('that was changed on its way is read again', async () => {
    const { proxy, fetcher, place } = await setUp()
    const spoilt = proxy.spoil(text, 2)
    fetcher.seek(place, 0)
    const fetched = await readUpTo(fetcher, [{ ...place, offset: 1 }])
    expect(fetched.flatMap(({ batches }) => batches.flatMap(rowsOf)).map(({ value }) => value)).toEqual([text])
    expect(spoilt.hits).toBe(2)
  })

  it('that is spoilt for good is a fatal error which says where', async () => {
    const { proxy, fetcher, place } = await setUp()
    proxy.spoil(text, 1_000)
    fetcher.seek(place, 0)
    const error = await errorOf(readUpTo(fetcher, [{ ...place, offset: 1 }]))
    expect([error?.fault, error?.reason, error?.partition]).toEqual(['fatal', 'CORRUPT_MESSAGE', place])
    expect(error?.message).toContain('t-0 from offset 0')
  })
})

function correlated(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeInt32BE(id)
  return Buffer.concat([head, body])
}

describe('a node at a port that is none', () => {
  it('is not connected to, and leaves no socket behind', async () => {
    const before = sockets()
    const opening = openConnection({ host: '127.0.0.1', port: 2_147_483_647 })
    await expect(opening).rejects.toMatchObject({ fault: 'retriable', reason: 'CONNECTION' })
    expect(sockets()).toBe(before)
  })
})

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}

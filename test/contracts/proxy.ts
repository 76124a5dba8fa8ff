/** A TCP proxy that speaks enough Kafka to stay in the way: what the client learns of the cluster is the proxy itself. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { FrameReader } from '../../src/kafka/native/connection/frames.ts'
import { Metadata } from '../../src/wire/apis/03-metadata.ts'
import { decodeRequestHeader, decodeResponse, encodeResponse } from '../../src/wire/codec.ts'
import type { Api } from '../../src/wire/schema.ts'

/** One cut that was asked for, and whether it has happened. */
export interface Cut {
  hits: number
}

export interface KafkaProxy {
  /** Where clients connect to. */
  readonly address: string
  /** The next request of that API is executed, and the connection ends before its answer arrives. */
  cutAnswer(api: Api): Cut
  /** The next request of that API ends the connection before it reaches the broker. */
  cutRequest(api: Api): Cut
  /** Changes a byte of this text in the next so many answers that hold it. */
  spoil(text: string, times: number): Cut
  /** Nothing passes, in either direction, until `release`; connections stay open. */
  freeze(): void
  release(): void
  close(): Promise<void>
}

interface Wanted extends Cut {
  readonly apiKey: number
  readonly side: 'request' | 'answer'
}

interface Spoiling extends Cut {
  readonly text: string
  readonly times: number
}

interface Asked {
  readonly apiKey: number
  readonly apiVersion: number
}

/**
 * In front of one node or, with commas between their addresses, of each of several.
 * @example const proxy = await startProxy('127.0.0.1:9092'); const kafka = connectKafka({ brokers: [proxy.address] })
 */
export async function startProxy(targets: string): Promise<KafkaProxy> {
  const wanted = new Set<Wanted>()
  const sockets = new Set<Socket>()
  const held: (() => void)[] = []
  const spoilings: Spoiling[] = []
  let isFrozen = false
  /** By the port of the node behind it. */
  const ownPorts = new Map<number, number>()

  const take = (apiKey: number, side: Wanted['side']): boolean => {
    const cut = [...wanted].find((candidate) => candidate.apiKey === apiKey && candidate.side === side)
    if (cut === undefined) return false
    wanted.delete(cut)
    cut.hits++
    return true
  }
  const want = (apiKey: number, side: Wanted['side']): Cut => {
    const cut: Wanted = { apiKey, side, hits: 0 }
    wanted.add(cut)
    return cut
  }
  const pass = (deliver: () => void) => {
    if (isFrozen) held.push(deliver)
    else deliver()
  }

  const inFrontOf = (host: string, port: string) => (client: Socket) => {
    const broker = connect({ host, port: Number(port), noDelay: true })
    const asked = new Map<number, Asked>()
    const end = () => {
      client.destroy()
      broker.destroy()
    }
    for (const socket of [client, broker]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    const requests = new FrameReader((frame) => {
      const { apiKey, apiVersion, correlationId } = decodeRequestHeader(frame)
      asked.set(correlationId, { apiKey, apiVersion })
      if (take(apiKey, 'request')) end()
      else pass(() => send(broker, frame))
    })
    const answers = new FrameReader((frame) => {
      const question = asked.get(frame.readInt32BE(0))
      asked.delete(frame.readInt32BE(0))
      for (const spoiling of spoilings) spoil(frame, spoiling)
      if (question !== undefined && take(question.apiKey, 'answer')) end()
      else pass(() => client.write(redirected(frame, question, ownPorts)))
    })
    client.on('data', (chunk) => requests.push(chunk))
    broker.on('data', (chunk) => answers.push(chunk))
  }
  const servers: Server[] = []
  for (const target of targets.split(',')) {
    const [host = '', port = ''] = target.split(':')
    const server = createServer(inFrontOf(host, port))
    servers.push(server)
    ownPorts.set(Number(port), await listen(server))
  }
  return {
    address: [...ownPorts.values()].map((port) => `127.0.0.1:${port}`).join(','),
    cutAnswer: (api) => want(api.key, 'answer'),
    cutRequest: (api) => want(api.key, 'request'),
    spoil(text, times) {
      const spoiling: Spoiling = { text, times, hits: 0 }
      spoilings.push(spoiling)
      return spoiling
    },
    freeze() {
      isFrozen = true
    },
    release() {
      isFrozen = false
      for (const deliver of held.splice(0)) deliver()
    },
    async close() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    },
  }
}

function spoil(frame: Buffer, spoiling: Spoiling): void {
  const at = frame.indexOf(spoiling.text)
  if (at < 0 || spoiling.hits === spoiling.times) return
  spoiling.hits++
  frame[at]! ^= 0x20
}

function send(socket: Socket, frame: Buffer): void {
  const size = Buffer.alloc(4)
  size.writeInt32BE(frame.length)
  socket.write(Buffer.concat([size, frame]))
}

/** The frame with its size, and every node of the cluster at its proxy's address; at the only one, if there is but one. */
function redirected(frame: Buffer, question: Asked | undefined, ports: ReadonlyMap<number, number>): Buffer {
  if (question?.apiKey !== Metadata.key) {
    const size = Buffer.alloc(4)
    size.writeInt32BE(frame.length)
    return Buffer.concat([size, frame])
  }
  const { correlationId, body } = decodeResponse(Metadata, question.apiVersion, frame)
  const [only = -1] = ports.values()
  const brokers = body.brokers.map((broker) => ({ ...broker, host: '127.0.0.1', port: ports.get(broker.port) ?? only }))
  return encodeResponse(Metadata, question.apiVersion, correlationId, { ...body, brokers })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

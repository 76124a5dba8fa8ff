/** A broker of a few lines for tests of the client: it knows its own address and nobody else, and asks who one is. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { FrameReader } from '../../src/kafka/native/connection/frames.ts'
import { ApiVersions, apis, Metadata, SaslAuthenticate, SaslHandshake } from '../../src/wire/apis/index.ts'
import { decodeRequest, decodeRequestHeader, encodeResponse } from '../../src/wire/codec.ts'
import type { Api } from '../../src/wire/schema.ts'

export interface SaslStep {
  readonly errorCode?: number
  readonly errorMessage?: string
  readonly authBytes?: Buffer
  readonly sessionLifetimeMs?: number
}

/** One exchange on the broker's side: called with each message of the client. */
export type SaslServer = (message: Buffer) => SaslStep | null

export interface FakeOptions {
  /** By name of the mechanism; each connection gets its own. Absent: nobody is asked who he is. */
  readonly sasl?: Readonly<Record<string, () => SaslServer>>
  /** Certificate and key: it speaks TLS. */
  readonly tls?: TlsOptions
  /** Goes into the answers to Metadata. */
  readonly throttleTimeMs?: () => number
  /** Whether Metadata is answered at once, or when `release` is called. */
  readonly isTalking?: () => boolean
  /** Highest version of Metadata. */
  readonly metadata?: number
}

export interface FakeBroker {
  readonly address: string
  /** Names of the requests, of all connections, in the order of their arrival. */
  readonly seen: string[]
  /** Answers what was not answered yet. */
  release(): void
  close(): Promise<void>
}

interface Peer {
  readonly socket: Socket
  sasl: SaslServer | null
}

const served: readonly Api[] = [ApiVersions, Metadata]

export async function startFakeBroker(options: FakeOptions = {}): Promise<FakeBroker> {
  const seen: string[] = []
  const unanswered: (() => void)[] = []
  const sockets = new Set<Socket>()
  const welcome = (socket: Socket): void => {
    const peer: Peer = { socket, sasl: null }
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)))
    const reader = new FrameReader((frame) => answer(peer, frame, options, port(), { seen, unanswered }))
    socket.on('data', (chunk) => reader.push(chunk))
  }
  const server = options.tls === undefined ? createServer(welcome) : createTlsServer(options.tls, welcome)
  server.listen(0, '127.0.0.1')
  const port = (): number => (server.address() as AddressInfo).port
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${port()}`,
    seen,
    release() {
      for (const send of unanswered.splice(0)) send()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

interface Notes {
  readonly seen: string[]
  readonly unanswered: (() => void)[]
}

function answer(peer: Peer, frame: Buffer, options: FakeOptions, port: number, notes: Notes): void {
  const { apiKey, apiVersion, correlationId, bodyOffset } = decodeRequestHeader(frame)
  const api = apis.get(apiKey)!
  notes.seen.push(api.name)
  const request = decodeRequest(api, apiVersion, frame, bodyOffset) as Readonly<Record<string, unknown>>
  const body = bodyOf(api, request, peer, options, port)
  if (body === null) return
  const send = (): void => void peer.socket.write(encodeResponse(api, apiVersion, correlationId, body as never))
  if (api === Metadata && options.isTalking?.() === false) notes.unanswered.push(send)
  else send()
}

function bodyOf(api: Api, request: Readonly<Record<string, unknown>>, peer: Peer, options: FakeOptions, port: number) {
  if (api === ApiVersions) return versionsOf(options)
  if (api === Metadata) {
    const brokers = [{ nodeId: 1, host: '127.0.0.1', port, rack: null }]
    return { throttleTimeMs: options.throttleTimeMs?.() ?? 0, brokers, clusterId: 'fake', controllerId: 1, topics: [] }
  }
  if (api === SaslHandshake) return handshake(String(request.mechanism), peer, options)
  const step = peer.sasl?.(request.authBytes as Buffer) ?? null
  return step === null ? null : { errorCode: 0, errorMessage: null, authBytes: Buffer.alloc(0), ...step }
}

function versionsOf({ sasl, metadata = 12 }: FakeOptions): object {
  const spoken = sasl === undefined ? served : [...served, SaslHandshake, SaslAuthenticate]
  const apiKeys = spoken.map((api) => {
    const maxVersion = api === Metadata ? metadata : api.versions[1]
    return { apiKey: api.key, minVersion: api.versions[0], maxVersion }
  })
  return { errorCode: 0, apiKeys }
}

function handshake(mechanism: string, peer: Peer, { sasl = {} }: FakeOptions): object {
  const begin = sasl[mechanism]
  peer.sasl = begin?.() ?? null
  return { errorCode: begin === undefined ? 33 : 0, mechanisms: Object.keys(sasl) }
}

/** The server of one worker thread: HTTP for questions, WebSocket for subscriptions. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../clock.ts'
import { MillraceError, toError } from '../faults.ts'
import type { StateReader } from '../runtime/state-reader.ts'
import { type Answer, type Asker, answer } from './answer.ts'
import { Desk } from './desk.ts'
import { Guard } from './guard.ts'
import { askOverHttp, peerHeader } from './http-peer.ts'
import { type LiveQuestion, liveQuestion, startLive } from './live.ts'
import { readQuestion } from './question.ts'
import { Refusal } from './refusal.ts'

/** Where and for whom a worker answers questions about its state. */
export interface QueryOptions {
  /** 0: a free one. Workers of one machine need a port each. */
  readonly port: number
  /** Default 127.0.0.1: this machine only. Any other address needs a token. */
  readonly host?: string
  /** Who asks must send it: `Authorization: Bearer <token>`. The same for all workers of a topology. */
  readonly token?: string
  /** `host:port` or `host` under which the other workers reach this one; default: where it listens. */
  readonly advertised?: string
  /** More names under which the server may be asked, such as that of a proxy. */
  readonly hosts?: readonly string[]
}

/** A server that answers, and the port through which the runtime feeds it. */
export interface QueryServer {
  /** `http://127.0.0.1:8080` */
  readonly address: string
  readonly reader: StateReader
  close(): Promise<void>
}

const loopback: readonly string[] = ['127.0.0.1', 'localhost', '[::1]', '::1']
const anywhere: readonly string[] = ['0.0.0.0', '::', '[::]']
const mostSubscriptions = 1_000
const shortestToken = 16
const retrySeconds = '1'

/**
 * Listens. The worker must be given its reader.
 * @throws MillraceError MR1003 for an address that others reach and no token, or a port that is taken
 */
export async function startQueryServer(
  options: QueryOptions,
  { clock = systemClock }: { clock?: Clock } = {},
): Promise<QueryServer> {
  checkOptions(options)
  const { host = '127.0.0.1', port } = options
  // Headers of more than 16 KiB are refused by Node itself, with 431.
  const server = createServer({ requestTimeout: 30_000 })
  await listen(server, port, host)
  const address = addressOf(server, options)
  const answering = new Answering(server, address, options, clock)
  return { address, reader: answering.desk, close: () => answering.close() }
}

function checkOptions({ host = '127.0.0.1', token, port }: QueryOptions): void {
  const refuse = (what: string, why: string, fix: string): never => {
    throw new MillraceError('fatal', { code: 'MR1003', what, why, fix })
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    refuse(`queries can't have port ${port}`, 'a port is a whole number from 0 to 65535', 'queries: { port: 8080 }')
  }
  if (!loopback.includes(host) && token === undefined) {
    refuse(
      `queries on ${host} need a token`,
      'other machines reach that address',
      'give queries.token, or MILLRACE_QUERIES_TOKEN',
    )
  }
  if (token !== undefined && !(token.length >= shortestToken && /^\S+$/.test(token))) {
    refuse(
      'The token of queries is not valid',
      `it needs ${shortestToken} characters at least, none of them blank`,
      'openssl rand -hex 32',
    )
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host.replace(/^\[(.*)\]$/, '$1'))
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new MillraceError(
      'fatal',
      {
        code: 'MR1003',
        what: `queries can't listen on ${host}:${port}`,
        why: toError(cause).message,
        fix: 'give each worker of a machine a port of its own, or port 0',
      },
      { cause },
    )
  }
}

function addressOf(server: Server, { host = '127.0.0.1', advertised }: QueryOptions): string {
  const { port } = server.address() as AddressInfo
  if (advertised !== undefined) return `http://${/:\d+$/.test(advertised) ? advertised : `${advertised}:${port}`}`
  const name = anywhere.includes(host) ? hostname() : host
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}

class Answering {
  readonly desk: Desk
  private readonly server: Server
  private readonly guard: Guard
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 1_024, perMessageDeflate: false })
  private readonly token: string | null
  private readonly elsewhere: Asker['elsewhere']

  constructor(server: Server, address: string, options: QueryOptions, clock: Clock) {
    const { token = null, host = '127.0.0.1', hosts = [] } = options
    this.server = server
    this.token = token
    this.desk = new Desk(address)
    const advertised = new URL(address).hostname
    this.guard = new Guard({
      token,
      clock,
      hosts: new Set([...loopback, host, advertised, ...hosts].map((name) => name.toLowerCase())),
    })
    this.elsewhere = askOverHttp({ clock, token })
    server.on('request', (request, response) => void this.answer(request, response))
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head))
    server.on('error', () => undefined)
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.close(1001, 'the worker stops')
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeIdleConnections()
    this.server.closeAllConnections()
    for (const socket of this.sockets.clients) socket.terminate()
    await closed
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.guard.check(request)
      checkMethod(request)
      const question = readQuestion(request.url ?? '', false)
      send(request, response, await answer(this.asker(request), question))
    } catch (error) {
      sendRefusal(request, response, refusalOf(error))
    }
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined)
    try {
      const live = this.liveQuestion(request)
      this.sockets.handleUpgrade(request, socket, head, (client) => startLive(client, live, this.token))
    } catch (error) {
      const { status, body } = refusalOf(error)
      const text = JSON.stringify(body)
      const head = [
        `HTTP/1.1 ${status} Refused`,
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(text)}`,
      ]
      socket.end(`${[...head, `Retry-After: ${retrySeconds}`, 'Connection: close'].join('\r\n')}\r\n\r\n${text}`)
    }
  }

  private liveQuestion(request: IncomingMessage): LiveQuestion {
    this.guard.check(request)
    if (this.sockets.clients.size >= mostSubscriptions) throw new Refusal(503, 'There are too many subscriptions')
    return liveQuestion(this.asker(request), readQuestion(request.url ?? '', true))
  }

  private asker({ headers }: IncomingMessage): Asker {
    return { desk: this.desk, elsewhere: this.elsewhere, isPeer: headers[peerHeader] !== undefined }
  }
}

function checkMethod({ method, headers }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'HEAD')
    throw new Refusal(405, 'Questions are asked with GET: nothing can be changed here')
  const length = headers['content-length'] ?? '0'
  if (length !== '0' || headers['transfer-encoding'] !== undefined) throw new Refusal(413, 'A question has no body')
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  return new Refusal(500, 'The question could not be answered', { why: toError(error).message })
}

function sendRefusal(request: IncomingMessage, response: ServerResponse, { status, body }: Refusal): void {
  if (status === 503 || status === 429) response.setHeader('Retry-After', retrySeconds)
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  if (status === 405) response.setHeader('Allow', 'GET, HEAD')
  // What a client goes on sending is not read.
  if (status === 405 || status === 413) response.setHeader('Connection', 'close')
  send(request, response, { status, body })
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, location }: Answer): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'",
    ...(status === 503 && { 'Retry-After': retrySeconds }),
    ...(location !== undefined && { Location: `${location}${request.url}` }),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

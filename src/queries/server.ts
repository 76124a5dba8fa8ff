/** The server of one worker thread: HTTP for questions, WebSocket for subscriptions. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../clock.ts'
import { MillraceError, toError } from '../faults.ts'
import type { StateReader } from '../runtime/state-reader.ts'
import { type Asker, answer } from './answer.ts'
import { Desk } from './desk.ts'
import { Guard } from './guard.ts'
import { askOverHttp, type PeerOptions, peerHeader } from './http-peer.ts'
import { type LiveQuestion, liveQuestion, startLive } from './live.ts'
import { addressOf, checkOptions, defaultHost, hostsOf, type QueryOptions } from './options.ts'
import { readQuestion } from './question.ts'
import { Refusal } from './refusal.ts'
import { refusalOf, send, sendRefusal, upgradeRefusal } from './replies.ts'

/** A server that answers, and the port through which the runtime feeds it. */
export interface QueryServer {
  /** `http://127.0.0.1:8080` */
  readonly address: string
  readonly reader: StateReader
  close(): Promise<void>
}

const mostSubscriptions = 1_000

/**
 * Listens. The worker must be given its reader.
 * @throws MillraceError MR1003 for an address that others reach and no token, or a port that is taken
 */
export async function startQueryServer(
  options: QueryOptions,
  { clock = systemClock }: { clock?: Clock } = {},
): Promise<QueryServer> {
  checkOptions(options)
  const { host = defaultHost, port } = options
  // Headers of more than 16 KiB are refused by Node itself, with 431.
  const server = createServer({ requestTimeout: 30_000 })
  await listen(server, port, host)
  const address = addressOf(options, (server.address() as AddressInfo).port)
  const answering = new Answering(server, address, options, clock)
  return { address, reader: answering.desk, close: () => answering.close() }
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

class Answering {
  readonly desk: Desk
  private readonly server: Server
  private readonly guard: Guard
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 1_024, perMessageDeflate: false })
  private readonly peers: PeerOptions
  private readonly elsewhere: Asker['elsewhere']
  private readonly connections = new Set<Duplex>()
  private closing: Promise<void> | null = null

  constructor(server: Server, address: string, options: QueryOptions, clock: Clock) {
    const { token = null } = options
    this.server = server
    this.peers = { clock, token }
    this.desk = new Desk(address)
    this.guard = new Guard({ token, clock, hosts: hostsOf(options, address) })
    this.elsewhere = askOverHttp({ clock, token })
    server.on('request', (request, response) => void this.answer(request, response))
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head))
    server.on('error', () => undefined)
    server.on('connection', (connection) => {
      this.connections.add(connection)
      connection.on('close', () => this.connections.delete(connection))
    })
  }

  close(): Promise<void> {
    this.closing ??= this.closeAll()
    return this.closing
  }

  private async closeAll(): Promise<void> {
    for (const socket of this.sockets.clients) socket.close(1001, 'the worker stops')
    const closed = once(this.server, 'close')
    this.server.close()
    // Also those that became WebSockets, which the server no longer counts as its own.
    for (const connection of this.connections) connection.destroy()
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
      this.sockets.handleUpgrade(request, socket, head, (client) => startLive(client, live, this.peers))
    } catch (error) {
      socket.end(upgradeRefusal(refusalOf(error)), () => socket.destroy())
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

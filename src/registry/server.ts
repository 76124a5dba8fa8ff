/** The interface on HTTP. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findRoute } from './api/route.ts'
import { Verbatim } from './api/routes.ts'
import { RegistryError, refusals } from './errors.ts'
import type { Journal } from './journal.ts'

export interface ServerOptions {
  readonly host: string
  readonly port: number
  /** A longer body is answered 413. */
  readonly maxBodyBytes: number
  /** Told of mistakes of the registry itself. */
  readonly onError: (error: unknown) => void
}

export interface RunningServer {
  readonly port: number
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly text: string
}

const contentType = 'application/vnd.schemaregistry.v1+json'

/** Serves `journal` until it is closed. @throws Error `EADDRINUSE` when the port is taken */
export async function serve(journal: Journal, options: ServerOptions): Promise<RunningServer> {
  const server = createServer((request, response) => {
    void answer(journal, request, options).then(({ status, text }) => send(response, status, text))
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(journal: Journal, request: IncomingMessage, options: ServerOptions): Promise<Answer> {
  try {
    const body = await bodyOf(request, options.maxBodyBytes)
    const url = new URL(`http://registry${request.url?.startsWith('/') ? request.url : '/'}`)
    const { handler, parameters } = findRoute(request.method ?? 'GET', url.pathname)
    const answered = await handler({ journal, parameters, query: url.searchParams, body: parse(body) })
    return { status: 200, text: answered instanceof Verbatim ? answered.text : JSON.stringify(answered) }
  } catch (error) {
    return refusalOf(error, options)
  }
}

function refusalOf(error: unknown, { onError }: ServerOptions): Answer {
  if (error instanceof RegistryError) return { status: error.status, text: JSON.stringify(error.body) }
  onError(error)
  return { status: 500, text: JSON.stringify({ error_code: 500, message: 'The registry made a mistake' }) }
}

/** What comes beyond the limit is read and dropped: a client that still writes would not hear the answer. */
async function bodyOf(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes <= limit) chunks.push(chunk)
      if (bytes > limit * 16) break
    }
  } catch {
    throw refusals.malformed('The body was cut short')
  }
  if (bytes > limit) throw refusals.tooLarge(limit)
  return Buffer.concat(chunks).toString('utf8')
}

function parse(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw refusals.malformed('The body is not JSON')
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

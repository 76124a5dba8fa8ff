/**
 * The control endpoint: JSON over HTTP, for scripts and people that do to a broker in another process what tests do to
 * one in their own. It listens on this machine only and takes nothing from browsers.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toError } from '../../faults.ts'
import type { RunningBroker } from '../running.ts'
import { type Body, ControlError, objectOf } from './body.ts'
import { type Route, routes } from './routes.ts'

export interface Control {
  readonly port: number
  close(): Promise<void>
}

const longestBody = 1024 * 1024

/** @throws Error `EADDRINUSE` when the port is taken */
export async function startControl(broker: RunningBroker, port: number): Promise<Control> {
  const server = createServer((request, response) => void serve(broker, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(broker: RunningBroker, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    answer(response, 200, await run(broker, request))
  } catch (thrown) {
    const error = toError(thrown)
    answer(response, error instanceof ControlError ? error.status : 409, { error: error.message })
  }
}

async function run(broker: RunningBroker, request: IncomingMessage): Promise<unknown> {
  if (request.headers.origin !== undefined) throw new ControlError(403, 'web pages may not control a broker')
  const parts = partsOf(request.url ?? '/')
  const sharing = routes.filter((route) => placeholders(route, parts) !== null)
  const route = sharing.find(({ method }) => method === request.method)
  if (route !== undefined) return await route.run(broker, placeholders(route, parts)!, await bodyOf(request))
  if (sharing.length === 0) throw new ControlError(404, `there is no /${parts.join('/')}; there is: ${list()}`)
  throw new ControlError(405, `/${parts.join('/')} takes ${sharing.map(({ method }) => method).join(', ')}`)
}

function partsOf(url: string): string[] {
  const [path = ''] = url.split('?')
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    throw new ControlError(400, 'the path is not well encoded')
  }
}

/** The parts in the place of each `*`; null when the path is another one. */
function placeholders({ path }: Route, parts: readonly string[]): string[] | null {
  const pattern = path.split('/').slice(1)
  const isSame = pattern.length === parts.length && pattern.every((part, at) => part === '*' || part === parts[at])
  return isSame ? parts.filter((_, at) => pattern[at] === '*') : null
}

function list(): string {
  return routes.map(({ method, path }) => `${method} ${path}`).join(', ')
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > longestBody) throw new ControlError(413, 'the body is too long')
    chunks.push(chunk as Buffer)
  }
  if (length === 0) return {}
  try {
    return objectOf(JSON.parse(Buffer.concat(chunks).toString('utf8')), 'the body')
  } catch (error) {
    throw error instanceof ControlError ? error : new ControlError(400, 'the body is not JSON')
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
}

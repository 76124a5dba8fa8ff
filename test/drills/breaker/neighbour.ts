/** The HTTP server that the drill's workers ask, and that is made sick: it remembers who asked when. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sleep, systemClock } from '../../../scripts/tools/world.ts'

export type Health =
  /** Answers. */
  | 'well'
  /** Answers 503. */
  | 'sick'
  /** Nobody listens. */
  | 'gone'

/** One request, as the server saw it; times in milliseconds of the monotonic clock. */
export interface Visit {
  readonly worker: string
  readonly from: number
  until: number
  readonly status: number
}

export class Neighbour {
  readonly visits: Visit[] = []
  /** How long an answer takes, milliseconds. */
  answerMilliseconds = 2
  #health: Health = 'well'
  #server: Server = createServer()
  #port = 0

  async start(): Promise<string> {
    await this.#listen(0)
    return `http://127.0.0.1:${this.#port}`
  }

  async become(health: Health): Promise<void> {
    const wasGone = this.#health === 'gone'
    this.#health = health
    if (health === 'gone') await this.stop()
    else if (wasGone) await this.#listen(this.#port)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #listen(port: number): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response))
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const status = this.#health === 'well' ? 200 : 503
    const from = systemClock.monotonic()
    const visit: Visit = { worker: String(request.headers['x-worker']), from, until: Number.POSITIVE_INFINITY, status }
    this.visits.push(visit)
    await sleep(systemClock, this.answerMilliseconds)
    visit.until = systemClock.monotonic()
    response.statusCode = status
    response.end('{"risk":1}')
  }
}

/** The visits of each worker, in their order. */
export function byWorker(visits: readonly Visit[]): Map<string, Visit[]> {
  const found = new Map<string, Visit[]>()
  for (const visit of visits) {
    const own = found.get(visit.worker) ?? []
    found.set(visit.worker, own)
    own.push(visit)
  }
  return found
}

/** Most visits at a time. */
export function mostAtOnce(visits: readonly Visit[]): number {
  return Math.max(
    0,
    ...visits.map(({ from }) => visits.filter((other) => other.from <= from && other.until > from).length),
  )
}

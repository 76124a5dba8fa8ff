/** Servers on real ports over hand-made state: a table of text to numbers in four partitions, cut between them. */
import { once } from 'node:events'
import { request } from 'node:http'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type Clock, systemClock } from '../../src/clock.ts'
import { from, json, number, table, text, topic, topology } from '../../src/index.ts'
import { partitionFor } from '../../src/kafka/murmur2.ts'
import type { QueryOptions } from '../../src/queries/options.ts'
import { type QueryServer, startQueryServer } from '../../src/queries/server.ts'
import type { KeyValueStore } from '../../src/state/store.ts'
import { type DeskBench, deskOf } from './desk-bench.ts'

export const totals = from(table('totals', { key: text, value: number }))
export const built = topology('served', totals.toStream().to(topic('out', { key: text, value: json() })))
export const partitions = 4

export interface Served {
  readonly server: QueryServer
  readonly bench: DeskBench
  /** Changes rows in one transaction of each task; undefined deletes. */
  write(rows: Readonly<Record<string, number | undefined>>): void
  /** Changes them and takes it back, as an aborted transaction does. */
  writeInVain(rows: Readonly<Record<string, number>>): void
  close(): Promise<void>
}

export async function served(
  here: readonly number[],
  options: Partial<QueryOptions> = {},
  clock: Clock = systemClock,
): Promise<Served> {
  const server = await startQueryServer({ port: 0, ...options }, { clock })
  onTestFinished(() => server.close().catch(() => undefined))
  const bench = deskOf(built, { partitions, reader: server.reader }, here)
  let position = 0
  const put = (rows: Readonly<Record<string, number | undefined>>): KeyValueStore[] => {
    const touched = new Set<KeyValueStore>()
    for (const [key, value] of Object.entries(rows)) {
      const store = bench.store('totals', partitionOf(key)) as KeyValueStore
      if (value === undefined) store.delete(key, 1)
      else store.put(key, value, 1)
      touched.add(store)
    }
    for (const store of touched) store.flush(() => undefined)
    return [...touched]
  }
  return {
    server,
    bench,
    write(rows) {
      position++
      for (const store of put(rows)) store.commit(position)
    },
    writeInVain(rows) {
      for (const store of put(rows)) store.abort()
    },
    close: () => server.close(),
  }
}

export function partitionOf(key: string): number {
  return partitionFor(Buffer.from(key), partitions)
}

/** A key of each partition. */
export const keys: readonly string[] = Array.from({ length: partitions }, (_, partition) => {
  for (let at = 0; ; at++) if (partitionOf(`k${at}`) === partition) return `k${at}`
})

/** Tells both who has what. */
export function introduce(...all: readonly (readonly [Served, readonly number[]])[]): void {
  const addresses = new Map(
    all.flatMap(([{ server }, here]) => here.map((partition) => [`totals-${partition}`, server.address] as const)),
  )
  for (const [{ server }] of all) server.reader.placed(addresses)
}

/** Two servers with two partitions each. */
export async function pair(options: Partial<QueryOptions> = {}): Promise<readonly [Served, Served]> {
  const left = await served([0, 1], options)
  const right = await served([2, 3], options)
  introduce([left, [0, 1]], [right, [2, 3]])
  return [left, right]
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

/** The path goes out as it is: nothing tidies it up on its way. */
export async function ask(
  { server }: Pick<Served, 'server'>,
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
): Promise<Reply> {
  const { hostname, port } = new URL(server.address)
  return await new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode!, headers: response.headers, body: text === '' ? null : parse(text) })
      })
    })
    // Does nothing once it is answered: a server may close before all of a body was sent.
    asked.on('error', reject)
    asked.end(body)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

export interface Subscriber {
  readonly messages: Record<string, unknown>[]
  /** Resolves with all messages once there are so many. */
  has(count: number): Promise<Record<string, unknown>[]>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  readonly socket: WebSocket
}

export async function subscribe(
  { server }: Pick<Served, 'server'>,
  path: string,
  headers: Record<string, string> = {},
): Promise<Subscriber> {
  const socket = new WebSocket(`${server.address.replace('http', 'ws')}${path}`, { headers })
  onTestFinished(() => socket.terminate())
  const messages: Record<string, unknown>[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as Record<string, unknown>))
  const closed = once(socket, 'close').then(([code, reason]: unknown[]) => ({
    code: code as number,
    reason: String(reason),
  }))
  closed.catch(() => undefined)
  await once(socket, 'open')
  return {
    messages,
    socket,
    closed,
    async has(count) {
      while (messages.length < count) await once(socket, 'message')
      return messages
    },
  }
}

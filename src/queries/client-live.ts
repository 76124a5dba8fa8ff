/** A subscription that outlives connections and moves of tasks. */
import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { type Connection, faultOf, headersOf, patiently, unreachable } from './client-http.ts'
import type { LiveEvent, TableRow } from './client-rows.ts'
import { expectBeats } from './heartbeat.ts'
import { Inbox } from './inbox.ts'
import type { OriginJson, RowBytesJson } from './json-of.ts'
import type { RefusalBody } from './refusal.ts'

type Event = LiveEvent<TableRow<unknown, unknown>>

/** A message of the server, its rows in bytes. */
export type LiveMessage = OriginJson &
  (
    | ({ readonly type: 'row' | 'put' } & RowBytesJson)
    | { readonly type: 'delete'; readonly rowKey: string }
    | { readonly type: 'present' }
  )

/**
 * Subscribes, and again when the task has moved or the connection is lost, until the reader stops.
 * @throws MillraceError what `ask` throws, when nobody answers for longer than patience lasts
 */
export async function* followOver(
  connection: Connection,
  target: string,
  decode: (message: LiveMessage) => Promise<Event>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event> {
  while (!signal?.aborted) {
    const { socket, inbox } = await patiently(connection, () => open(connection, target))
    const stop = (): void => inbox.end('stopped')
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    try {
      for (let text = await inbox.next(); text !== null; text = await inbox.next()) {
        yield await decode(JSON.parse(text) as LiveMessage)
        if (signal?.aborted) return
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      socket.terminate()
    }
    if (!signal?.aborted) yield { type: 'lost', why: inbox.why }
  }
}

/** The inbox is there before the socket opens: the first messages may come with its opening. */
async function open(connection: Connection, target: string): Promise<{ socket: WebSocket; inbox: Inbox }> {
  const socket = new WebSocket(`${connection.url.replace(/^http/, 'ws')}${target}`, { headers: headersOf(connection) })
  const inbox = new Inbox(socket)
  expectBeats(socket, connection.clock)
  return await new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket, inbox }))
    socket.once('unexpected-response', (_request, response) => {
      refused(response, connection.url).then(reject, reject)
    })
    socket.once('error', (error) => reject(unreachable(connection.url, error)))
  })
}

async function refused(response: IncomingMessage, url: string): Promise<Error> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  return faultOf(JSON.parse(Buffer.concat(parts).toString()) as RefusalBody, url)
}

/** One store, asked over HTTP and followed over WebSocket; rows travel as they are stored and are decoded here. */
import type { Window } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import { ask, type Connection } from './client-http.ts'
import { followOver, type LiveMessage } from './client-live.ts'
import type { Following, KeyBounds, LiveEvent, TableRow, TimeBounds } from './client-rows.ts'
import type { Entry, Origin, Span } from './entry.ts'
import type { OriginJson, RowBytesJson } from './json-of.ts'
import { bytesOfKey } from './keys.ts'
import type { Layout } from './layouts/layout.ts'
import { whenReady } from './when-ready.ts'

export interface ClientStore {
  readonly name: string
  readonly key: Serde<unknown>
  readonly layout: Layout
}

type Row = TableRow<unknown, unknown>
type Parameters = Readonly<Record<string, string | undefined>>

interface PageAnswer {
  readonly rows: readonly (RowBytesJson & { readonly partition: number })[]
  readonly cursor: string | null
  readonly origins: readonly OriginJson[]
}

const rowsPerPage = '1000'

/** All that the kinds of stores can be asked: the types of `queryClient` say which can be asked what. */
export class StoreClient {
  private readonly connection: Connection
  private readonly store: ClientStore

  constructor(connection: Connection, store: ClientStore) {
    this.connection = connection
    this.store = store
  }

  async get(key: unknown, { at }: { readonly at?: Date } = {}): Promise<Row | undefined> {
    const answer = await ask(this.connection, this.target(key, { at: timeText(at) }))
    const { row, ...origin } = (answer ?? { row: null }) as OriginJson & { readonly row: RowBytesJson | null }
    return row === null ? undefined : await this.row(row, originOf(origin))
  }

  range({ from, to }: KeyBounds<unknown> = {}): AsyncIterable<Row> {
    return this.pages(undefined, { from: this.keyText(from), to: this.keyText(to) })
  }

  fetch(key: unknown, bounds: TimeBounds = {}): AsyncIterable<Row> {
    return this.pages(key, timesOf(bounds))
  }

  versions(key: unknown, bounds: TimeBounds = {}): AsyncIterable<Row> {
    // Without bounds a key is asked for its latest version.
    return this.pages(key, { from: '0', ...timesOf(bounds) })
  }

  rows(bounds: TimeBounds = {}): AsyncIterable<Row> {
    return this.pages(undefined, timesOf(bounds))
  }

  live({ key, signal }: Following & { readonly key?: unknown } = {}): AsyncIterable<LiveEvent<Row>> {
    return followOver(this.connection, this.target(key, {}, true), (message) => this.event(message), signal)
  }

  private async *pages(key: unknown, parameters: Parameters): AsyncGenerator<Row> {
    let cursor: string | undefined
    do {
      const target = this.target(key, { ...parameters, limit: rowsPerPage, cursor })
      const page = (await ask(this.connection, target)) as PageAnswer
      const origins = new Map(page.origins.map((each) => [each.partition, originOf(each)]))
      for (const row of page.rows) yield await this.row(row, origins.get(row.partition)!)
      cursor = page.cursor ?? undefined
    } while (cursor !== undefined)
  }

  private target(key: unknown, parameters: Parameters, live = false): string {
    const all = { keys: 'base64', format: 'bytes', 'standby-ok': String(this.connection.standbyOk), ...parameters }
    const given = Object.entries(all).filter((each): each is [string, string] => each[1] !== undefined)
    const text = this.keyText(key)
    const steps = ['', 'stores', this.store.name, ...(text === undefined ? [] : [text]), ...(live ? ['live'] : [])]
    return `${steps.join('/')}?${new URLSearchParams(given)}`
  }

  private keyText(key: unknown): string | undefined {
    return key === undefined ? undefined : bytesOfKey(this.store.key, key).toString('base64url')
  }

  private async row({ rowKey, row, validTo }: RowBytesJson, origin: Origin): Promise<Row> {
    const { layout } = this.store
    const bytes = { key: Buffer.from(rowKey, 'base64'), bytes: Buffer.from(row, 'base64') }
    const { key, value, time, span } = (await whenReady(() => layout.read(bytes))) as Entry
    const plain = { key, value, time: new Date(time), origin }
    if (span === null) return plain
    if (layout.kind !== 'versions') return { ...plain, window: windowOf(span) } as Row
    return { ...plain, valid: { from: new Date(span.start!), to: validTo ? new Date(validTo) : null } } as Row
  }

  private async event(message: LiveMessage): Promise<LiveEvent<Row>> {
    const origin = originOf(message)
    if (message.type === 'present') return { type: 'present', origin }
    if (message.type !== 'delete') return { type: message.type, row: await this.row(message, origin) }
    const { key, span } = this.store.layout.place(Buffer.from(message.rowKey, 'base64'))
    const window = span === null || span.end === null ? null : windowOf(span)
    return { type: 'delete', gone: { key, window } }
  }
}

function windowOf({ start, end }: Span): Window {
  return { start: new Date(start!), end: new Date(end!) }
}

function timesOf({ from, to }: TimeBounds): Parameters {
  return { ...(from && { from: timeText(from) }), ...(to && { to: timeText(to) }) }
}

function timeText(time: Date | undefined): string | undefined {
  return time === undefined ? undefined : String(time.getTime())
}

function originOf({ task, partition, position, lag, role }: OriginJson): Origin {
  return { task, partition, position: Number(position), lag: Number(lag), role }
}

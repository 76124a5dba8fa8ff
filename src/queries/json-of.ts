/**
 * Rows as JSON. Values are as their serde gives them, but for what JSON can't say: bigints become decimal text, bytes
 * base64, dates and times ISO 8601, sets and maps arrays, what is undefined null. Offsets are text.
 */
import type { RowBytes } from '../state/rows.ts'
import type { Entry, Origin, Span } from './entry.ts'
import type { LayoutKind } from './layouts/layout.ts'

export interface OriginJson {
  readonly task: string
  readonly partition: number
  readonly position: string
  readonly lag: string
  readonly role: 'active' | 'standby'
}

export interface RowJson {
  readonly key: unknown
  readonly window?: { readonly start: string | null; readonly end: string | null }
  /** Of a version; `to` is null for one that still holds, absent where it was not asked for. */
  readonly valid?: { readonly from: string | null; readonly to: string | null }
  readonly time: string
  readonly value: unknown
}

/** A row as it is stored, in base64: who knows the topology decodes it with its serdes. */
export interface RowBytesJson {
  readonly rowKey: string
  readonly row: string
  /** Of a version that was asked for as of a time. */
  readonly validTo?: string | null
}

export function originJson({ task, partition, position, lag, role }: Origin): OriginJson {
  return { task, partition, position: String(position), lag: String(lag), role }
}

export function rowJson({ key, value, time, span }: Entry, kind: LayoutKind): RowJson {
  return { ...placeJson({ key, span }, kind), time: timeText(time)!, value: plain(value) }
}

/** What is left to say of a row that is gone. */
export function placeJson(
  { key, span }: Pick<Entry, 'key' | 'span'>,
  kind: LayoutKind,
): Omit<RowJson, 'time' | 'value'> {
  return { key: plain(key), ...spanJson(span, kind) }
}

export function rowBytesJson({ key, bytes }: RowBytes): RowBytesJson {
  return { rowKey: base64(key), row: base64(bytes) }
}

function spanJson(span: Span | null, kind: LayoutKind): Pick<RowJson, 'window' | 'valid'> {
  if (span === null) return {}
  const start = timeText(span.start)
  const end = timeText(span.end)
  return kind === 'versions' ? { valid: { from: start, to: end } } : { window: { start, end } }
}

const lastDate = 8_640_000_000_000_000

/** ISO 8601; beyond what a date can be, milliseconds. */
export function timeText(time: number | null): string | null {
  if (time === null) return null
  return Math.abs(time) <= lastDate ? new Date(time).toISOString() : String(time)
}

/**
 * A value that `JSON.stringify` writes whole.
 * @example plain({ total: 3n, proof: Buffer.from('a') }) // { total: '3', proof: 'YQ==' }
 */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return null
  return typeof value === 'object' && value !== null ? plainObject(value) : value
}

function plainObject(value: object): unknown {
  if (value instanceof Uint8Array) return base64(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Map) return [...value].map((pair) => pair.map(plain))
  if (Array.isArray(value) || value instanceof Set) return [...value].map(plain)
  if ('toJSON' in value && typeof value.toJSON === 'function') return plain(value.toJSON())
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/**
 * The bytes of a stored row: `flags (1) | time (8, double) | version (2, if flagged) | value`.
 * The changelog has the same in other places: the time is the record's timestamp, the version a header.
 */
import type { RecordHeader } from '../record.ts'
import type { Encoded } from './store.ts'

const isDeleted = 1
const hasVersion = 2
const timeAt = 1
const headerBytes = 9
const versionBytes = 2
/** What comes before a row's value at most. */
export const maxRowHeaderBytes: number = headerBytes + versionBytes

interface RowHeader {
  readonly deleted: boolean
  readonly time: number
  readonly version: number
}

/** Names the schema version that a changelog record's value was written with; absent is 0. */
const versionHeader = '__millrace.version'

/**
 * A row to store. A null value remembers a deletion.
 * @example encodeRow('{"n":1}', time, 0)
 */
export function encodeRow(value: Encoded | null, time: number, version: number): Buffer {
  const length = value === null ? 0 : typeof value === 'string' ? Buffer.byteLength(value) : value.length
  const row = Buffer.allocUnsafe(headerBytes + (version === 0 ? 0 : versionBytes) + length)
  const start = writeRowHeader(row, 0, { deleted: value === null, time, version })
  if (typeof value === 'string') row.write(value, start)
  else if (value !== null) row.set(value, start)
  return row
}

/**
 * Makes rows of values that are bytes, each in the place of the last one: a row holds until the next is made.
 * @example const row = scratch.row(value, time, 0)
 */
export class RowScratch {
  private bytes = Buffer.allocUnsafe(1024)
  /** By length: short rows have few lengths, and a view costs more than what is written into it. */
  private readonly views: Buffer[] = []

  row(value: Buffer | null, time: number, version: number): Buffer {
    const start = headerBytes + (version === 0 ? 0 : versionBytes)
    const length = start + (value === null ? 0 : value.length)
    if (length > this.bytes.length) return encodeRow(value, time, version)
    const { bytes } = this
    writeRowHeader(bytes, 0, { deleted: value === null, time, version })
    for (let at = start; at < length; at++) bytes[at] = value![at - start]!
    this.views[length] ??= bytes.subarray(0, length)
    return this.views[length]
  }
}

/** What comes before a row's value, at `at`. @returns where the value begins */
export function writeRowHeader(bytes: Buffer, at: number, { deleted, time, version }: RowHeader): number {
  bytes[at] = (deleted ? isDeleted : 0) | (version === 0 ? 0 : hasVersion)
  bytes.writeDoubleBE(time, at + timeAt)
  if (version === 0) return at + headerBytes
  bytes.writeUInt16BE(version, at + headerBytes)
  return at + headerBytes + versionBytes
}

/** Event time of the row's last change. */
export function timeOfRow(row: Buffer): number {
  return row.readDoubleBE(timeAt)
}

export function isDeletedRow(row: Buffer): boolean {
  return (row[0]! & isDeleted) !== 0
}

/** Schema version that the value was written with. */
export function versionOfRow(row: Buffer): number {
  return (row[0]! & hasVersion) === 0 ? 0 : row.readUInt16BE(headerBytes)
}

/** Where the value begins; it ends with the row. */
export function valueStartOfRow(row: Buffer): number {
  return (row[0]! & hasVersion) === 0 ? headerBytes : headerBytes + versionBytes
}

/** The version that a changelog record's headers tell. */
export function versionOfHeaders(headers: readonly RecordHeader[] | undefined): number {
  if (headers === undefined) return 0
  const value = headers.find(({ name }) => name === versionHeader)?.value
  return value === undefined || value === null ? 0 : Number(Buffer.from(value).toString('latin1'))
}

/** Headers of a changelog record. */
export function headersOfVersion(version: number): readonly RecordHeader[] | undefined {
  return version === 0 ? undefined : [{ name: versionHeader, value: Buffer.from(String(version)) }]
}

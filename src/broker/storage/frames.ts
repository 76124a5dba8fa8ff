/** Entries of a file that grows: length, checksum, version of the format, then JSON. */
import { crc32c } from '../../wire/crc32c.ts'

/** Raised when an older Millrace could not understand what is written. */
export const formatVersion = 1

const headBytes = 9

export interface ReadFrames {
  readonly values: readonly unknown[]
  /** Behind the last whole frame; what follows was torn by a crash. */
  readonly end: number
  /** A whole frame is not what was written, though others follow it. */
  readonly isDamaged: boolean
  /** The highest version met. Reading stops where it is higher than ours. */
  readonly version: number
}

/** One entry. @example readFrames(Buffer.concat([frame(1), frame('two')])).values // [1, 'two'] */
export function frame(value: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(value), 'utf8')
  const bytes = Buffer.alloc(headBytes + payload.length)
  bytes.writeUInt32BE(payload.length, 0)
  bytes.writeUInt8(formatVersion, 8)
  payload.copy(bytes, headBytes)
  bytes.writeUInt32BE(crc32c(bytes, 8), 4)
  return bytes
}

/** The entries that are whole, and where they end. */
export function readFrames(bytes: Buffer): ReadFrames {
  const values: unknown[] = []
  for (let at = 0; ; ) {
    const end = at + headBytes + (bytes.length - at < headBytes ? 0 : bytes.readUInt32BE(at))
    if (end > bytes.length) return { values, end: at, isDamaged: false, version: formatVersion }
    if (bytes.readUInt32BE(at + 4) !== crc32c(bytes, at + 8, end)) {
      return { values, end: at, isDamaged: end < bytes.length, version: formatVersion }
    }
    const version = bytes.readUInt8(at + 8)
    if (version > formatVersion) return { values, end: at, isDamaged: false, version }
    values.push(JSON.parse(bytes.toString('utf8', at + headBytes, end)))
    at = end
  }
}

/** The changelog key of a windowed row: `key | start (8 bytes, big-endian) | sequence (4 bytes, always 0)`. */

const suffixBytes = 12
const high = 0x1_0000_0000

export function windowKey(key: Buffer, start: number): Buffer {
  const bytes = Buffer.alloc(key.length + suffixBytes)
  key.copy(bytes)
  bytes.writeUInt32BE(Math.floor(start / high), key.length)
  bytes.writeUInt32BE(start % high, key.length + 4)
  return bytes
}

/** Where the key ends, and the window start behind it. */
export function splitWindowKey(bytes: Buffer): { readonly keyLength: number; readonly start: number } {
  const keyLength = bytes.length - suffixBytes
  return { keyLength, start: bytes.readUInt32BE(keyLength) * high + bytes.readUInt32BE(keyLength + 4) }
}

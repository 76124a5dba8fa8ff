/** CRC-32C (Castagnoli polynomial, reflected), eight bytes a step: the checksum of record batches. */

const polynomial = 0x82f63b78

/** Eight tables of 256 entries in one array; table k starts at k * 256. */
const tables: Int32Array = makeTables()

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256)
  for (let index = 0; index < 256; index++) {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    made[index] = value
  }
  for (let index = 256; index < 8 * 256; index++) {
    const previous = made[index - 256]!
    made[index] = (previous >>> 8) ^ made[previous & 0xff]!
  }
  return made
}

/**
 * The checksum of `bytes` from `start` to `end`, as an unsigned number.
 * @example crc32c(Buffer.from('123456789')) // 0xe3069283
 */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const table = tables
  let crc = -1
  let at = start
  for (const last = end - 8; at <= last; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
    crc =
      table[1792 + (low & 0xff)]! ^
      table[1536 + ((low >>> 8) & 0xff)]! ^
      table[1280 + ((low >>> 16) & 0xff)]! ^
      table[1024 + (low >>> 24)]! ^
      table[768 + bytes[at + 4]!]! ^
      table[512 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!
  return (crc ^ -1) >>> 0
}

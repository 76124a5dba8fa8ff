/** CRC-32C (Castagnoli polynomial, reflected), sixteen bytes a step: the checksum of record batches. */
import { endianness } from 'node:os'

const polynomial = 0x82f63b78

/** Sixteen tables of 256 entries in one array; table k starts at k * 256 and says what k bytes of zeros make of a byte. */
const tables: Int32Array = makeTables()

/** Words are read as the machine has them; on one that has them the other way round, bytes are taken one by one. */
const readsWords = endianness() === 'LE'

function makeTables(): Int32Array {
  const made = new Int32Array(16 * 256)
  for (let index = 0; index < 256; index++) {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    made[index] = value
  }
  for (let index = 256; index < 16 * 256; index++) {
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
  // A view of words must begin at a word of the memory.
  const aligned = start + (-(bytes.byteOffset + start) & 3)
  const words = readsWords ? ((end - aligned) >> 4) << 2 : 0
  if (words <= 0) return finish(ofBytes(-1, bytes, start, end))
  const view = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, words)
  const crc = ofWords(ofBytes(-1, bytes, start, aligned), view)
  return finish(ofBytes(crc, bytes, aligned + words * 4, end))
}

function finish(crc: number): number {
  return (crc ^ -1) >>> 0
}

function ofBytes(before: number, bytes: Uint8Array, start: number, end: number): number {
  let crc = before
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!
  return crc
}

/** Every byte of every batch goes through here: whole words, and so many a step that the lookups do not wait for each other. */
function ofWords(before: number, words: Int32Array): number {
  const table = tables
  let crc = before
  for (let at = 0; at < words.length; at += 4) {
    const first = crc ^ words[at]!
    const second = words[at + 1]!
    const third = words[at + 2]!
    const fourth = words[at + 3]!
    crc =
      table[3840 + (first & 0xff)]! ^
      table[3584 + ((first >>> 8) & 0xff)]! ^
      table[3328 + ((first >>> 16) & 0xff)]! ^
      table[3072 + (first >>> 24)]! ^
      table[2816 + (second & 0xff)]! ^
      table[2560 + ((second >>> 8) & 0xff)]! ^
      table[2304 + ((second >>> 16) & 0xff)]! ^
      table[2048 + (second >>> 24)]! ^
      table[1792 + (third & 0xff)]! ^
      table[1536 + ((third >>> 8) & 0xff)]! ^
      table[1280 + ((third >>> 16) & 0xff)]! ^
      table[1024 + (third >>> 24)]! ^
      table[768 + (fourth & 0xff)]! ^
      table[512 + ((fourth >>> 8) & 0xff)]! ^
      table[256 + ((fourth >>> 16) & 0xff)]! ^
      table[fourth >>> 24]!
  }
  return crc
}

import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from '../../src/wire/crc32c.ts'
import {
  readInt64,
  readSigned,
  sizeOfSigned,
  sizeOfUnsigned,
  writeInt64,
  writeSigned,
  writeUnsigned,
} from '../../src/wire/numbers.ts'

// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
test.each([
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['nothing', Buffer.alloc(0), 0],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ff', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
  ['31 to 0', Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c],
])('crc32c of %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected)
  expect(crc32c(Buffer.concat([Buffer.from('abc'), bytes, Buffer.from('d')]), 3, 3 + bytes.length)).toBe(expected)
})

test('crc32c of any part of any memory is that of the same bytes one by one', () => {
  const memory = Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 7_919) >>> 3))
  const oneByOne = (bytes: Uint8Array): number => {
    let crc = -1
    for (const byte of bytes) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    return (crc ^ -1) >>> 0
  }
  for (let start = 0; start < 20; start++) {
    for (let end = start; end <= memory.length; end++)
      expect(crc32c(memory, start, end)).toBe(oneByOne(memory.subarray(start, end)))
  }
})

test.each([
  [0, '00'],
  [-1, '01'],
  [63, '7e'],
  [-64, '7f'],
  [64, '8001'],
  [-65, '8101'],
  [2 ** 31 - 1, 'feffffff0f'],
  [-(2 ** 31), 'ffffffff0f'],
  [Number.MAX_SAFE_INTEGER, 'feffffffffffff1f'],
  [Number.MIN_SAFE_INTEGER, 'fdffffffffffff1f'],
])('the zigzag form of %i', (value, hex) => {
  const bytes = Buffer.alloc(10)
  const end = writeSigned(bytes, value, 0)
  expect(bytes.toString('hex', 0, end)).toBe(hex)
  expect(sizeOfSigned(value)).toBe(end)
  const position = { at: 0 }
  expect(readSigned(bytes, position)).toBe(value)
  expect(position.at).toBe(end)
})

test('every safe integer survives both forms', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const bytes = Buffer.alloc(12)
      expect(writeSigned(bytes, value, 1)).toBe(1 + sizeOfSigned(value))
      expect(readSigned(bytes, { at: 1 })).toBe(value)
      writeInt64(bytes, value, 0)
      expect(readInt64(bytes, 0)).toBe(value)
      expect(BigInt(value)).toBe(bytes.readBigInt64BE(0))
    }),
    { seed: 31, numRuns: 2_000 },
  )
})

test.each([0, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, 2 ** 53 - 1])('the size of %i unsigned', (value) => {
  expect(writeUnsigned(Buffer.alloc(10), value, 0)).toBe(sizeOfUnsigned(value))
})

test.each([
  ['', 'truncated'],
  ['80', 'truncated'],
  ['ffffffffffffffffffff01', 'corrupt'],
  ['ffffffffffffffffff01', 'out-of-range'],
])('the variable-length integer %j is refused', (hex, reason) => {
  expect(() => readSigned(Buffer.from(hex, 'hex'), { at: 0 })).toThrow(expect.objectContaining({ reason }))
})

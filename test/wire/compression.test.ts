import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/random.ts'
import { deflate, inflate } from '../../src/wire/compression/compression.ts'

const written = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const text = Buffer.from('round and round and round '.repeat(1_000))

test.each(written)('%s goes both ways, up to the limit', (compression) => {
  const small = deflate(compression, text)
  expect(small.length).toBeLessThan(text.length / 10)
  expect(inflate(compression, small, text.length)).toEqual(text)
  expect(() => inflate(compression, small, text.length - 1)).toThrow(expect.objectContaining({ reason: 'too-large' }))
})

/** Pieces, some of them repeated: from bytes that can't be compressed to bytes that are all the same. */
const pieces = fc.array(
  fc.record({ bytes: fc.uint8Array({ maxLength: 40, size: 'max' }), times: fc.integer({ min: 1, max: 60 }) }),
  { maxLength: 60, size: 'max' },
)

describe.each(['snappy', 'lz4'] as const)('%s', (compression) => {
  test('gives back whatever it was given', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const bytes = Buffer.concat(list.flatMap((piece) => Array<Uint8Array>(piece.times).fill(piece.bytes)))
        expect(inflate(compression, deflate(compression, bytes), bytes.length).equals(bytes)).toBe(true)
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  const sizes = [
    0, 1, 4, 5, 12, 13, 16, 17, 60, 61, 64, 67, 68, 69, 256, 257, 32_767, 32_768, 32_769, 65_536, 65_537, 200_000,
  ]
  test.each(sizes)('holds %i bytes: all the same, all different, and something between', (size) => {
    const same = Buffer.alloc(size, 7)
    const random = seededRandom(size)
    const noise = Buffer.from(same.map(() => Math.floor(random.next() * 256)))
    const between = Buffer.from(noise.map((byte, place) => (place % 97 < 60 ? place % 60 : byte)))
    for (const bytes of [same, noise, between]) {
      const small = deflate(compression, bytes)
      expect(inflate(compression, small, size).equals(bytes)).toBe(true)
      expect(small.length).toBeLessThan(size + size / 100 + 64)
    }
    if (size > 1_000) expect(deflate(compression, same).length).toBeLessThan(size / 15)
  })

  test('leaves what it is given alone', () => {
    const bytes = Buffer.from(text)
    deflate(compression, bytes)
    expect(bytes).toEqual(text)
  })
})

test.each(written)('%s that is none is refused', (compression) => {
  for (const hex of [
    '',
    'ffffffffffffffffffffff',
    '04224d18604082ffffffff',
    '82534e415050590000000001000000017fffffff',
  ]) {
    expect(() => inflate(compression, Buffer.from(hex, 'hex'), 1_000)).toThrow(
      expect.objectContaining({ name: 'WireError' }),
    )
  }
})

test('a snappy block that promises more than it can hold asks for no memory', () => {
  expect(() => inflate('snappy', Buffer.from('ffffffff0f00', 'hex'), 2 ** 33)).toThrow(
    expect.objectContaining({ reason: 'corrupt' }),
  )
})

test('copies that overlap repeat a pattern', () => {
  // Literal "ab", then a copy of 8 bytes from 2 back.
  expect(inflate('snappy', Buffer.from('0a04616211 02'.replace(' ', ''), 'hex'), 100).toString()).toBe('ababababab')
})

import { expect, test } from 'vitest'
import { deflate, inflate } from '../../src/wire/compression.ts'

const text = Buffer.from('round and round and round '.repeat(1_000))

test.each(['gzip', 'zstd'] as const)('%s goes both ways, up to the limit', (compression) => {
  const small = deflate(compression, text)
  expect(small.length).toBeLessThan(text.length / 10)
  expect(inflate(compression, small, text.length)).toEqual(text)
  expect(() => inflate(compression, small, text.length - 1)).toThrow(expect.objectContaining({ reason: 'too-large' }))
})

test.each(['gzip', 'zstd', 'lz4', 'snappy'] as const)('%s that is none is refused', (compression) => {
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

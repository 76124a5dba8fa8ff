import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytes, findFault, nullable, number, type Serde, text } from '../../src/index.ts'

function decode<T>(serde: Serde<T>, encoded: string | Uint8Array): T {
  const content = Buffer.from(encoded)
  const around = Buffer.concat([Buffer.from('77'), content, Buffer.from('77')])
  return serde.decode(around, 2, 2 + content.length)
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
  } catch (error) {
    return findFault(error)?.code
  }
  return undefined
}

describe('text', () => {
  test('brings every well-formed text back', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (value) => decode(text, text.encode(value)!) === value))
  })
  test('is the same whether it was read before or not', () => {
    const read = (value: string) => decode(text, value)
    for (const value of ['a', 'b', 'ab', '\u00e9', '\ufffd', '\u{1f642}', 'x'.repeat(32), 'x'.repeat(33), '\u0000'])
      expect([read(value), read(value)]).toEqual([value, value])
    expect(codeOf(() => decode(text, Uint8Array.of(0xe9)))).toBe('MR3001')
    expect(codeOf(() => decode(text, Uint8Array.of(0xe9)))).toBe('MR3001')
  })
  test('takes empty text for a text', () => {
    expect(decode(text, '')).toBe('')
    expect(text.encode('')).toBe('')
  })
  test.each([
    ['a lone byte', [0xff]],
    ['a truncated character', [0x61, 0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
  ])('rejects %s', (_name, wrong) => {
    expect(codeOf(() => decode(text, Uint8Array.from(wrong)))).toBe('MR3001')
  })
  test('keeps a replacement character that is there', () => {
    expect(decode(text, 'a\uFFFDb')).toBe('a\uFFFDb')
  })
  test.each([
    ['half a pair', '\ud800'],
    ['null', null],
    ['a number', 1],
  ])('does not write %s', (_name, value) => {
    expect(codeOf(() => text.encode(value as string))).toBe('MR3002')
  })
})

describe('number', () => {
  test('brings every finite double back that is not an inexact integer', () => {
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true })
    const exact = doubles.filter((value) => Math.abs(value) <= 2 ** 53 - 1 || Math.abs(value) >= 1e21)
    fc.assert(fc.property(exact, (value) => Object.is(decode(number, number.encode(value)!), value)))
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => decode(number, number.encode(value)!) === value))
  })
  test.each<[string, number]>([
    ['0', 0],
    ['-0', -0],
    ['42', 42],
    ['-1.5e3', -1500],
    ['999999999999999', 999999999999999],
    ['9007199254740991', 9007199254740991],
    ['1e21', 1e21],
  ])('reads %s', (encoded, value) => {
    expect(decode(number, encoded)).toBe(value)
  })
  test.each([
    '',
    ' 1',
    '1 ',
    '01',
    '-',
    '+1',
    '.5',
    '5.',
    '1e',
    '0x10',
    'NaN',
    'Infinity',
    '1e400',
    '9007199254740993',
    '1_0',
    '１',
  ])('rejects %j', (encoded) => {
    expect(codeOf(() => decode(number, encoded))).toBe('MR3001')
  })
  test('writes in place what it would encode, or leaves it to that', () => {
    const around = fc.oneof(fc.nat(2_000), fc.integer(), fc.double(), fc.constantFrom(-0, 9, 10, 2 ** 30 - 1, 2 ** 30))
    fc.assert(
      fc.property(around, (value) => {
        const place = Buffer.alloc(20, '#')
        const end = number.write!(value, place, 3)
        return end < 0 || place.toString('latin1', 3, end) === number.encode(value)
      }),
    )
    expect(number.write!(1_234, Buffer.alloc(5), 2)).toBe(-1)
    expect(number.write!(1_234, Buffer.alloc(6), 2)).toBe(6)
  })
  test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null])('does not write %s', (value) => {
    expect(codeOf(() => number.encode(value as number))).toBe('MR3002')
  })
})

describe('bytes', () => {
  test('are copied, not shared', () => {
    const source = Buffer.from([1, 2, 3, 4])
    const value = bytes.decode(source, 1, 3)
    source.fill(0)
    expect(value).toStrictEqual(Uint8Array.of(2, 3))
    expect(bytes.encode(value)).toBe(value)
  })
  test('does not write other things', () => {
    expect(codeOf(() => bytes.encode('text' as unknown as Uint8Array))).toBe('MR3002')
  })
})

describe('nullable', () => {
  test('admits null and keeps the rest', () => {
    const serde = nullable(text)
    expect([serde.name, serde.nullable, text.nullable]).toEqual(['nullable(text)', true, false])
    expect(serde.encode(null)).toBeNull()
    expect(serde.encode('')).toBe('')
    expect(decode(serde, 'a')).toBe('a')
    const place = Buffer.alloc(4)
    expect([nullable(number).write?.(12, place, 1), nullable(number).write?.(null, place, 1)]).toEqual([3, -1])
  })
})

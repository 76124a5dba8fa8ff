import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { findFault, json, type Serde } from '../../src/index.ts'
import { maxDepth } from '../../src/serde/json-decode.ts'

function decode<T>(serde: Serde<T>, text: string | Uint8Array): T {
  const bytes = Buffer.from(text)
  // The value lies somewhere in a larger buffer, as in a fetched batch.
  const around = Buffer.concat([Buffer.from('"9'), bytes, Buffer.from('9"')])
  return serde.decode(around, 2, 2 + bytes.length)
}

function faultOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    const fault = findFault(error)
    return `${fault?.kind} ${fault?.code}`
  }
  return 'none'
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('json decodes', () => {
  test.each<[name: string, text: string, value: unknown]>([
    ['an object', '{"a":[1,true,null,"x"]}', { a: [1, true, null, 'x'] }],
    ['a scalar', '7', 7],
    ['null, which is a value', 'null', null],
    ['space around', ' \t\r\n{} ', {}],
    ['one byte order mark', '\uFEFF{"a":1}', { a: 1 }],
    ['negative zero', '-0', -0],
    ['the largest safe integers', '[9007199254740991,-9007199254740991]', [9007199254740991, -9007199254740991]],
    ['fractions with many digits', '0.30000000000000004441', 0.30000000000000004],
    ['large doubles with an exponent', '[1e300,-1.5E22]', [1e300, -1.5e22]],
    ['an underflow to zero', '1e-400', 0],
    ['large numbers inside text', '"9007199254740993"', '9007199254740993'],
    ['an escaped NUL', '"\\u0000"', '\0'],
    ['a replacement character that is there', '"\uFFFD"', '\uFFFD'],
    ['half a surrogate pair, escaped', '"\\ud800"', '\ud800'],
    ['text beyond the basic plane', '"\u{1F600}é"', '\u{1F600}é'],
    ['the last of repeated names', '{"a":1,"a":2}', { a: 2 }],
    ['the deepest nesting', nested(maxDepth), JSON.parse(nested(maxDepth))],
  ])('%s', (_name, text, value) => {
    expect(decode(json(), text)).toStrictEqual(value)
  })

  test('__proto__ and constructor as plain data', () => {
    const value = decode(json<Record<string, unknown>>(), '{"__proto__":{"admin":true},"constructor":1}')
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
    expect((value as { admin?: boolean }).admin).toBeUndefined()
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})

describe('json rejects', () => {
  test.each<[name: string, bytes: string | Uint8Array]>([
    ['nothing', ''],
    ['space only', '  '],
    ['a byte order mark only', '\uFEFF'],
    ['two byte order marks', '\uFEFF\uFEFF1'],
    ['text that is not JSON', 'gate closed'],
    ['what JavaScript takes', '{a:1}'],
    ['a comma too many', '[1,]'],
    ['NaN', 'NaN'],
    ['a leading zero', '01'],
    ['truncated', '{"a":'],
    ['two values', '1 2'],
    ['a raw NUL in text', '"\0"'],
    ['a raw NUL behind', '1\0'],
    ['a raw line break in text', '"\n"'],
    ['1e400', '{"a":1e400}'],
    ['-1e400', '[-1e400]'],
    ['an integer beyond 2^53', '{"id":9007199254740993}'],
    ['2^53 itself, which other integers round to', '9007199254740992'],
    ['a negative integer beyond 2^53', '[[-9007199254740993]]'],
    ['a whole number of 400 digits', '1'.repeat(400)],
    ['nesting that is too deep', nested(maxDepth + 1)],
    ['a depth bomb of arrays', nested(100_000)],
    ['a depth bomb of objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['a depth bomb with a large integer', `[9007199254740993,${nested(100_000)}]`],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['an overlong NUL', Uint8Array.of(0x22, 0xc0, 0x80, 0x22)],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['a truncated character', Uint8Array.of(0x22, 0xe2, 0x82, 0x22)],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ])('%s', (_name, bytes) => {
    expect(faultOf(() => decode(json(), bytes))).toBe('reject MR3001')
  })
})

describe('json with large integers asked for', () => {
  const ids = '{"id":9007199254740993,"small":3,"ratio":1e300}'

  test('as bigint, both ways', () => {
    const serde = json<{ id: bigint; small: number; ratio: number }>(undefined, { largeIntegers: 'bigint' })
    const value = decode(serde, ids)
    expect(value).toStrictEqual({ id: 9007199254740993n, small: 3, ratio: 1e300 })
    expect(serde.encode(value)).toBe('{"id":9007199254740993,"small":3,"ratio":1e+300}')
  })
  test('as text, for a schema', () => {
    const schema = z.object({ id: z.string() })
    expect(decode(json(schema, { largeIntegers: 'text' }), ids)).toStrictEqual({ id: '9007199254740993' })
  })
  test('still refuses what no double holds', () => {
    expect(faultOf(() => decode(json(undefined, { largeIntegers: 'bigint' }), '1e400'))).toBe('reject MR3001')
  })
})

describe('json with a schema', () => {
  const Order = z.object({ id: z.string(), total: z.number().positive(), note: z.string().default('none') })

  test('gives what the schema makes of it', () => {
    expect(decode(json(Order), '{"id":"a","total":3,"more":1}')).toStrictEqual({ id: 'a', total: 3, note: 'none' })
  })
  test('rejects what the schema refuses, and says where', () => {
    const refused = () => decode(json(Order), '{"id":7,"total":-1}')
    expect(faultOf(refused)).toBe('reject MR3001')
    expect(refused).toThrow(/The schema refuses it: id: .+; total: .+/)
  })
  test('tells three complaints and counts the others', () => {
    expect(() => decode(json(z.array(z.string())), '[1,2,3,4,5]')).toThrow(/0: .+; 1: .+; 2: .+; 2 more$/)
  })
  test('rejects what makes the schema throw', () => {
    const throwing = z.string().transform((): string => {
      throw new TypeError('no')
    })
    expect(faultOf(() => decode(json(throwing), '"x"'))).toBe('reject MR3001')
    const validate = () => {
      throw new TypeError('no')
    }
    const plain = { '~standard': { version: 1, vendor: 'test', validate } } as const
    expect(faultOf(() => decode(json(plain), '"x"'))).toBe('reject MR3001')
  })
  test('stops at a schema that would have to be awaited', () => {
    const later = json(z.string().refine(() => Promise.resolve(true)))
    expect(faultOf(() => decode(later, '"x"'))).toBe('fatal MR3001')
    const promising = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('no')) },
    } as const
    expect(faultOf(() => decode(json(promising), '"x"'))).toBe('fatal MR3001')
  })
})

describe('json encodes', () => {
  class Price {
    readonly cents: number
    constructor(cents: number) {
      this.cents = cents
    }
  }
  test.each<[name: string, value: unknown, text: string]>([
    ['plain data', { a: [1, 'x', null, true] }, '{"a":[1,"x",null,true]}'],
    ['nothing for properties that are undefined', { a: undefined, b: 1 }, '{"b":1}'],
    ['null', null, 'null'],
    ['dates as text', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['instances by their fields', new Price(5), '{"cents":5}'],
    ['objects without prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['toJSON', { toJSON: () => 'own' }, '"own"'],
    ['half a surrogate pair as an escape', '\ud800', '"\\ud800"'],
    ['large doubles', 1e300, '1e+300'],
  ])('%s', (_name, value, text) => {
    expect(json().encode(value)).toBe(text)
  })

  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  test.each<[name: string, value: unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a bigint', 1n],
    ['a bigint inside', { a: [1n] }],
    ['a cycle', cycle],
    ['NaN', Number.NaN],
    ['NaN inside', { sum: { mean: Number.NaN } }],
    ['infinity inside', [[Number.NEGATIVE_INFINITY]]],
    ['NaN in an instance', new Price(Number.NaN)],
    ['an integer that is not exact', { id: 2 ** 60 }],
    ['undefined in an array', [1, undefined]],
    ['a hole in an array', new Array(2)],
    ['an invalid date', { at: new Date(Number.NaN) }],
    ['a map', { rows: new Map([[1, 2]]) }],
    ['a set', [new Set([1])]],
    ['what it could not read back', JSON.parse(nested(maxDepth + 1))],
  ])('rejects %s', (_name, value) => {
    expect(faultOf(() => json().encode(value))).toBe('reject MR3002')
  })
})

/** How keys and values are written: in addresses, in JSON, in cursors. */
import { describe, expect, test } from 'vitest'
import { bytes, json, nullable, number, type Serde, text } from '../../src/index.ts'
import { decodeCursor, encodeCursor } from '../../src/queries/cursor.ts'
import { plain, timeText } from '../../src/queries/json-of.ts'
import { keyBytes } from '../../src/queries/keys.ts'
import { timeOf } from '../../src/queries/question.ts'

const whole: Serde<bigint> = {
  name: 'whole',
  nullable: false,
  decode: (source, start, end) => BigInt(source.toString('latin1', start, end)),
  encode(value) {
    if (typeof value !== 'bigint') throw new TypeError('no bigint')
    return String(value)
  },
}

describe('a key in an address', () => {
  test.each<readonly [Serde<unknown>, string, string | null]>([
    [text as Serde<unknown>, 'a', 'a'],
    [text as Serde<unknown>, '7', '7'],
    [text as Serde<unknown>, '"a"', '"a"'],
    [text as Serde<unknown>, '', ''],
    [nullable(text) as Serde<unknown>, '7', '7'],
    [number as Serde<unknown>, '7', '7'],
    [number as Serde<unknown>, '-0.5', '-0.5'],
    [number as Serde<unknown>, 'a', null],
    [number as Serde<unknown>, '9007199254740993', null],
    [json() as Serde<unknown>, '{"a":1}', '{"a":1}'],
    [json() as Serde<unknown>, '[1,"b"]', '[1,"b"]'],
    [json() as Serde<unknown>, 'seven', '"seven"'],
    [json() as Serde<unknown>, '"7"', '"7"'],
    [json() as Serde<unknown>, '7', '7'],
    [bytes as Serde<unknown>, 'AGE=', '\0a'],
    [bytes as Serde<unknown>, 'AGE', '\0a'],
    [bytes as Serde<unknown>, '*', null],
    [whole as Serde<unknown>, '9007199254740993', '9007199254740993'],
    [whole as Serde<unknown>, 'x', null],
  ])('%o reads %j as %j', (serde, written, expected) => {
    if (expected === null)
      expect(() => keyBytes(serde, written, 'text')).toThrow(expect.objectContaining({ status: 400 }))
    else expect(keyBytes(serde, written, 'text').toString()).toBe(expected)
  })
  test('as bytes it is what it is', () => {
    expect(keyBytes(number as Serde<unknown>, Buffer.from('any').toString('base64url'), 'base64').toString()).toBe(
      'any',
    )
  })
})

describe('a value in JSON', () => {
  test.each([
    [
      { a: 1n, b: [2n] },
      { a: '1', b: ['2'] },
    ],
    [Buffer.from('a'), 'YQ=='],
    [new Uint8Array([0, 255]), 'AP8='],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), null],
    [new Map([['a', 1n]]), [['a', '1']]],
    [new Set([1n]), ['1']],
    [undefined, null],
    [{ a: undefined }, { a: null }],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [null, null],
    ['text', 'text'],
    [{ toJSON: () => ({ shown: 1n }) }, { shown: '1' }],
    [JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')],
  ])('%o is %j', (value, expected) => {
    expect(JSON.stringify(plain(value))).toBe(JSON.stringify(expected))
  })
})

test('times', () => {
  expect(timeText(0)).toBe('1970-01-01T00:00:00.000Z')
  expect(timeText(8_640_000_000_000_001)).toBe('8640000000000001')
  expect([timeOf('0'), timeOf('1970-01-01T00:00:00.007Z')]).toEqual([0, 7])
  for (const wrong of ['', 'now', '-1', '1e3', '99999999999999999', '1970-99-99'])
    expect(() => timeOf(wrong)).toThrow(expect.objectContaining({ status: 400 }))
})

test('cursors come back as they were', () => {
  for (const after of [null, Buffer.alloc(0), Buffer.from([0, 255, 10])]) {
    expect(decodeCursor(encodeCursor({ partition: 3, after }))).toEqual({ partition: 3, after })
  }
})

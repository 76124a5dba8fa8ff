import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findFault, json } from '../../../src/index.ts'
import { fastWriter } from '../../../src/serde/json/encoder.ts'
import { number, text } from './plain.ts'

const strict = json(undefined, { mode: 'strict' })
const size = 4_096

/** What stands between the guards of the buffer; undefined for an abstention. */
function written(write: ReturnType<typeof fastWriter>, value: unknown): string | undefined {
  const buffer = Buffer.alloc(size, 0xaa)
  const end = write(value, buffer, 5)
  expect(buffer.subarray(0, 5)).toEqual(Buffer.alloc(5, 0xaa))
  return end === -1 ? undefined : buffer.toString('utf8', 5, end)
}

function encoded(value: unknown): string | undefined {
  try {
    return strict.encode(value) as string
  } catch (error) {
    expect(findFault(error)?.code).toBe('MR3002')
    return undefined
  }
}

const plainValue = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom('a', 'bc', 'x"y', 'ünï', '1', '0', '__proto__', 'toJSON', 'constructor'),
      tie('any'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).any

const bid = {
  auction: 1007,
  price: 90.8,
  channel: 'Google',
  open: true,
  none: null,
  tags: ['a', 1],
  place: { zip: 8010 },
}

describe('the writer', () => {
  test('writes what encode gives, or abstains, for any value, seen often or not', () => {
    fc.assert(
      fc.property(plainValue, plainValue, (one, other) => {
        const write = fastWriter()
        for (const value of [one, other, one, one, one, other, other, other, one]) {
          const wrote = written(write, value)
          if (wrote !== undefined) expect(wrote).toBe(encoded(value))
        }
      }),
      { numRuns: 500 },
    )
  })
  test('writes every kind of number', () => {
    const write = fastWriter()
    const decimals = fc.sample(
      fc.tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.integer({ min: 0, max: 12 })),
      { numRuns: 2_000, seed: 5 },
    )
    const doubles = fc.sample(fc.double({ noDefaultInfinity: true, noNaN: true, min: -9e15, max: 9e15 }), {
      numRuns: 2_000,
      seed: 6,
    })
    const powers = Array.from({ length: 16 }, (_, digits) => 10 ** digits).flatMap((power) => [
      power - 1,
      power,
      power + 1,
    ])
    const all = [
      ...decimals.map(([count, places]) => count / 10 ** places),
      ...doubles,
      ...powers,
      -0,
      0.001,
      999.999,
      1e-7,
    ]
    for (const value of [...all, ...all.map((each) => -each)]) expect(written(write, value)).toBe(JSON.stringify(value))
  })
  test('never abstains for plain data, once it has seen it twice', () => {
    const write = fastWriter()
    written(write, bid)
    // What is nested is met from the second time on, and is then learned in two more.
    for (let time = 0; time < 3; time++) written(write, bid)
    expect(written(write, { ...bid, auction: -7, channel: 'Götz "x"' })).toBe(
      JSON.stringify({ ...bid, auction: -7, channel: 'Götz "x"' }),
    )
  })
  test.each<[name: string, value: unknown]>([
    ['NaN', { a: Number.NaN }],
    ['an infinity', { a: -1 / 0 }],
    ['an inexact whole number', { a: 2 ** 53 }],
    ['a bigint', { a: 1n }],
    ['a property that is undefined', { a: undefined }],
    ['a function', { a: () => 1 }],
    ['a hole', { a: new Array(2) }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map() }],
    ['an instance', { a: new (class Own {})() }],
    ['no prototype', { a: Object.assign(Object.create(null), { b: 1 }) }],
    ['toJSON', { a: { toJSON: () => 7 } }],
    ['toJSON that is not enumerable', { a: Object.defineProperty({ b: 1 }, 'toJSON', { value: () => 7 }) }],
    ['toJSON of an array', { a: Object.assign([1], { toJSON: () => 7 }) }],
    ['no value', undefined],
  ])('leaves %s to encode', (_name, value) => {
    const write = fastWriter()
    for (const before of [{ a: 1 }, { a: 1 }, { a: {} }, { a: [] }, { a: { b: 1 } }, { a: { b: 1 } }])
      written(write, before)
    for (let time = 0; time < 3; time++) expect(written(write, value)).toBeUndefined()
  })
  test('leaves a cycle to encode', () => {
    const write = fastWriter()
    const cycle: Record<string, unknown> = {}
    cycle.a = cycle
    for (let time = 0; time < 80; time++) expect(written(write, cycle)).toBeUndefined()
  })
  test('abstains where the room is too small, whichever byte is missing', () => {
    const write = fastWriter()
    for (let time = 0; time < 4; time++) written(write, { ...bid, name: 'é' })
    const length = Buffer.byteLength(JSON.stringify({ ...bid, name: 'é' }))
    for (let room = 0; room < length; room++) expect(write({ ...bid, name: 'é' }, Buffer.alloc(room), 0)).toBe(-1)
    const roomy = Buffer.alloc(length + 32)
    expect(write({ ...bid, name: 'é' }, roomy, 0)).toBe(length)
  })
  test('is part of the serde, and of the strict one it is not', () => {
    expect(json().write).toBeTypeOf('function')
    expect(strict.write).toBeUndefined()
  })
})

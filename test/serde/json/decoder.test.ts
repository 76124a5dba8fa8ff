import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fastDecoderOf } from '../../../src/serde/json/decoder.ts'
import { outcomeOf, pairOf } from './compare.ts'
import { type Plain, plain } from './plain.ts'

const Bid = z.object({
  auction: z.int(),
  price: z.number().nonnegative(),
  channel: z.string(),
  extra: z.string().optional(),
  tags: z.array(z.enum(['a', 'b'])),
  place: z.object({ city: z.string().min(1).max(9), zip: z.number().nullable() }),
})
const bid =
  '{"auction":1007,"bidder":{"id":[1,{"x":"y"}]},"price":12.5,"channel":"Google ads, no. 1","url":"https://a.b/c?d=e",' +
  '"tags":["a","b"],"extra":"abcdefghijklmnop","place":{"zip":null,"city":"Graz"},"open":true}'

/** The same text several times, so that its layout is learned; with other spacing, or fields in another order, before. */
const written = (drawn: Plain) =>
  fc.tuple(drawn.value, fc.constantFrom(0, 0, 1), fc.boolean()).map(([value, indent, isTurned]) => {
    const turned = isTurned ? Object.fromEntries(Object.entries(value as object).reverse()) : value
    return JSON.stringify(turned, null, indent)
  })
const schemaAndTexts = plain.chain((drawn) =>
  fc.record({ schema: fc.constant(drawn.schema), texts: fc.array(written(drawn), { minLength: 1, maxLength: 4 }) }),
)
const mutation = fc.record({
  at: fc.nat(400),
  length: fc.nat(3),
  put: fc.constantFrom(
    '',
    '"',
    '\\',
    ',',
    '}',
    '{',
    '[',
    '0',
    '-',
    '.',
    'e',
    '9007199254740993',
    ' ',
    '\n',
    '\0',
    'é',
    '\xff',
    'null',
  ),
})

describe('the compiled way', () => {
  test('gives what the strict way gives, for any plain schema and value, seen often or not', () => {
    fc.assert(
      fc.property(schemaAndTexts, ({ schema, texts }) => {
        const { strict, compiled } = pairOf(schema)
        for (const text of [...texts, ...texts, ...texts, texts[0]!, texts[0]!, texts[0]!]) {
          expect(outcomeOf(compiled, text)).toStrictEqual(outcomeOf(strict, text))
        }
      }),
      { numRuns: 300 },
    )
  })
  test('gives or refuses what the strict way does when the text was changed', () => {
    fc.assert(
      fc.property(
        schemaAndTexts,
        fc.array(mutation, { minLength: 1, maxLength: 5 }),
        ({ schema, texts }, mutations) => {
          const { strict, compiled } = pairOf(schema)
          const text = texts[0]!
          for (let time = 0; time < 3; time++) outcomeOf(compiled, text)
          for (const { at, length, put } of mutations) {
            const place = at % (text.length + 1)
            const changed = Buffer.from(
              text.slice(0, place) + put + text.slice(place + length),
              put === '\xff' ? 'latin1' : 'utf8',
            )
            expect(outcomeOf(compiled, changed)).toStrictEqual(outcomeOf(strict, changed))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
  test('never abstains where the schema only declares and the text is plain', () => {
    const asciiValues = fc.record({
      auction: fc.nat(),
      price: fc.double({ min: 0, max: 1e9, noNaN: true }),
      channel: fc.string({ unit: 'grapheme-ascii' }),
      tags: fc.array(fc.constantFrom('a', 'b')),
      place: fc.record({ city: fc.constant('Graz'), zip: fc.option(fc.nat()) }),
      more: fc.array(fc.oneof(fc.nat(), fc.boolean(), fc.string({ unit: 'grapheme-ascii' }))),
    })
    const fast = fastDecoderOf(Bid)!
    const texts = fc.sample(asciiValues, { numRuns: 500, seed: 7 }).map((value) => Buffer.from(JSON.stringify(value)))
    expect(texts.filter((text) => fast(text, 0, text.length) === undefined)).toEqual([])
  })
})

describe('a text whose layout is known', () => {
  const learned = () => {
    const pair = pairOf(Bid)
    for (let time = 0; time < 3; time++) outcomeOf(pair.compiled, bid)
    return pair
  }

  test('is read without abstention', () => {
    const fast = fastDecoderOf(Bid)!
    const bytes = Buffer.from(bid)
    for (let time = 0; time < 5; time++) expect(fast(bytes, 0, bytes.length)).toStrictEqual(Bid.parse(JSON.parse(bid)))
  })
  test.each(['', ' ', bid, '"}', '}'])('is refused when cut anywhere, whatever stands behind it: %j', (behind) => {
    const { strict, compiled } = learned()
    for (let length = 0; length < bid.length; length++) {
      const cut = bid.slice(0, length)
      expect(outcomeOf(compiled, cut, bid.slice(length) + behind)).toStrictEqual(outcomeOf(strict, cut))
    }
  })
  test('is left to the strict way with any byte changed to any of the odd ones', () => {
    const { strict, compiled } = learned()
    for (let at = 0; at < bid.length; at++) {
      for (const odd of [0x00, 0x0a, 0x1f, 0x20, 0x22, 0x2c, 0x2e, 0x30, 0x5c, 0x65, 0x7d, 0x7f, 0x80, 0xc3, 0xff]) {
        const bytes = Buffer.from(bid)
        bytes[at] = odd
        expect(outcomeOf(compiled, bytes)).toStrictEqual(outcomeOf(strict, bytes))
      }
    }
  })
  test.each<[name: string, from: string, to: string]>([
    ['an escape in a name', '"auction"', '"\\u0061uction"'],
    ['an escape in a text', 'Google', 'G\\u006fogle\\n'],
    ['an escape in what is not declared', 'https:', 'https\\/:'],
    ['a bad escape in what is not declared', 'https:', 'https\\x:'],
    ['half a surrogate pair', 'Google', '\\ud800'],
    ['text beyond ASCII', 'Google', 'Göögle'],
    ['text beyond the basic plane', 'Google', '\u{1F600}'],
    ['text beyond ASCII where its length counts', 'Graz', '\u{1F600}'.repeat(9)],
    ['text beyond ASCII in what is not declared', 'https:', 'hüttps:'],
    ['a replacement character', 'Google', '\ufffd'],
    ['a byte order mark', '{"auction"', '\ufeff{"auction"'],
    ['two byte order marks', '{"auction"', '\ufeff\ufeff{"auction"'],
    ['space around', '{"auction"', ' \t\r\n{"auction"'],
    ['space within', ':1007,', ' : 1007 ,'],
    ['a form feed, which is no space', ':1007,', ':\f1007,'],
    ['a name that comes again', '"open":true', '"auction":8'],
    ['a name not declared that comes again', '"open":true', '"url":8'],
    ['__proto__', '"open":true', '"__proto__":{"auction":1,"admin":true}'],
    ['__proto__ in a nested object', '"zip":null', '"__proto__":{"zip":7},"zip":8'],
    ['constructor', '"open":true', '"constructor":1'],
    ['negative zero', '12.5', '-0'],
    ['negative zero with a fraction', '12.5', '-0.0'],
    ['a number refused by a check', '12.5', '-1'],
    ['a fraction where a whole number belongs', '1007', '1007.5'],
    ['a whole number written as a fraction', '1007', '1007.0'],
    ['a whole number with an exponent', '1007', '1e3'],
    ['a leading zero', '1007', '01007'],
    ['a plus', '1007', '+1007'],
    ['a point at the end', '12.5', '12.'],
    ['a point at the beginning', '12.5', '.5'],
    ['an exponent without digits', '12.5', '12.5e'],
    ['many digits', '12.5', '0.30000000000000004441'],
    ['fractions that round', '12.5', '123456789012.123456789'],
    ['an underflow', '12.5', '1e-400'],
    ['a number no double holds', '12.5', '1e400'],
    ['a number no double holds in what is not declared', '"id":[1,', '"id":[1e400,'],
    ['the largest safe integer', '1007', '9007199254740991'],
    ['an integer beyond 2^53', '1007', '9007199254740993'],
    ['an integer beyond 2^53 in what is not declared', '"id":[1,', '"id":[9007199254740993,'],
    ['a large double', '12.5', '1e300'],
    ['deep nesting in what is not declared', 'true', `${'['.repeat(900)}${']'.repeat(900)}`],
    ['nesting too deep in what is not declared', 'true', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['null where a text belongs', '"Google ads, no. 1"', 'null'],
    ['a number where a text belongs', '"Google ads, no. 1"', '1'],
    ['a text that is not of the enumeration', '["a","b"]', '["a","c"]'],
    ['an empty array', '["a","b"]', '[]'],
    ['a comma at the end of an array', '["a","b"]', '["a","b",]'],
    ['an optional field that is absent', ',"extra":"abcdefghijklmnop"', ''],
    ['an optional field that is null', '"abcdefghijklmnop"', 'null'],
    ['a field that is missing', '"auction":1007,', ''],
    ['a comma at the end', 'true}', 'true,}'],
    ['more behind it', 'true}', 'true}}'],
    ['a text too short', '"Graz"', '""'],
    ['a text too long', '"Graz"', '"Gallneukirchen"'],
  ])('with %s gives or refuses what the strict way does', (_name, from, to) => {
    const { strict, compiled } = learned()
    expect(bid).toContain(from)
    const text = bid.replace(from, () => to)
    const expected = outcomeOf(strict, text)
    for (let time = 0; time < 4; time++) expect(outcomeOf(compiled, text)).toStrictEqual(expected)
    expect(outcomeOf(compiled, bid)).toStrictEqual(outcomeOf(strict, bid))
  })
})

describe('layouts that never settle', () => {
  const Wide = z.object({ a: z.number(), b: z.string(), c: z.boolean().optional(), d: z.number().nullable() })
  const fields = ['"a":1', '"b":"text"', '"c":true', '"d":null', '"e":[1]', '"f":"more"']
  const orders = fc.sample(fc.shuffledSubarray(fields, { minLength: 3 }), { numRuns: 3_000, seed: 11 })

  test('are read as the strict way reads them, also when no more of them are learned', () => {
    const { strict, compiled } = pairOf(Wide)
    for (const order of orders.flatMap((each) => [each, each])) {
      const text = `{${order.join()}}`
      expect(outcomeOf(compiled, text)).toStrictEqual(outcomeOf(strict, text))
    }
  })
})

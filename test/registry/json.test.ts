/** JSON Schema: the rules one by one, and random documents: what is called readable must be. */
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'
import { Effort } from '../../src/registry/effort.ts'
import { jsonSchema } from '../../src/registry/json/json.ts'

type Schema = boolean | { readonly [keyword: string]: unknown }

const parse = (schema: unknown) => jsonSchema(JSON.stringify(schema), [])
const kinds = (reader: Schema, writer: Schema): string[] =>
  parse(reader)
    .unreadable(parse(writer), new Effort())
    .map(({ kind, path }) => `${kind} ${path}`)

const object = (properties: object, more: object = {}): Schema => ({ type: 'object', properties, ...more })
const closed = { additionalProperties: false }
const int = { type: 'integer' }
const text = { type: 'string' }

describe('the rules', () => {
  test.each<[string, Schema, Schema, string[]]>([
    ['true reads anything', true, int, []],
    ['nothing but true reads true', int, true, ['TYPE_NARROWED /type']],
    ['number reads integer', { type: 'number' }, int, []],
    ['integer does not read number', int, { type: 'number' }, ['TYPE_NARROWED /type']],
    ['a list of types may grow', { type: ['string', 'null'] }, text, []],
    ['a list of types may not shrink', text, { type: ['string', 'null'] }, ['TYPE_NARROWED /type']],
    ['values may be added', { enum: ['a', 'b'] }, { enum: ['a'] }, []],
    ['values may not go', { enum: ['a'] }, { enum: ['a', 'b'] }, ['ENUM_ARRAY_NARROWED /enum']],
    ['a constant is a list of one', { enum: ['a', 'b'] }, { const: 'a' }, []],
    ['values have types', text, { enum: ['a', 'b'] }, []],
    ['a limit may go', text, { type: 'string', maxLength: 3 }, []],
    ['a limit may not come', { type: 'string', maxLength: 3 }, text, ['LIMIT_NARROWED /maxLength']],
    ['a limit may widen', { type: 'integer', minimum: 1 }, { type: 'integer', minimum: 2 }, []],
    [
      'a limit may not narrow',
      { type: 'integer', minimum: 3 },
      { type: 'integer', minimum: 2 },
      ['LIMIT_NARROWED /minimum'],
    ],
    ['a minimum of nothing is none', { type: 'array', minItems: 0 }, { type: 'array' }, []],
    [
      'an exclusive limit implies the other',
      { type: 'integer', minimum: 3 },
      { type: 'integer', exclusiveMinimum: 3 },
      [],
    ],
    ['a multiple of a multiple', { type: 'integer', multipleOf: 2 }, { type: 'integer', multipleOf: 6 }, []],
    ['a pattern may go', text, { type: 'string', pattern: 'a' }, []],
    ['a pattern may not come', { type: 'string', pattern: 'a' }, text, ['KEYWORD_CHANGED /pattern']],
    [
      'open: a property may not come',
      object({ a: int, b: int }),
      object({ a: int }),
      ['TYPE_NARROWED /properties/b/type'],
    ],
    ['open: a property that admits all may come', object({ a: int, b: true }), object({ a: int }), []],
    ['open: a property may go', object({ a: int }), object({ a: int, b: int }), []],
    ['closed: a property may come', object({ a: int, b: int }, closed), object({ a: int }, closed), []],
    [
      'closed: a property may not go',
      object({ a: int }, closed),
      object({ a: int, b: int }, closed),
      ['NOTHING_ADMITTED /properties/b'],
    ],
    ['what is open may not be closed', object({}, closed), object({}), ['NOTHING_ADMITTED /additionalProperties']],
    ['partly open', object({ b: int }, { additionalProperties: int }), object({}, { additionalProperties: int }), []],
    ['required may go', object({ a: int }), object({ a: int }, { required: ['a'] }), []],
    [
      'required may not come',
      object({ a: int }, { required: ['a'] }),
      object({ a: int }),
      ['REQUIRED_ATTRIBUTE_ADDED /required/a'],
    ],
    ['required with a default may', object({ a: { ...int, default: 0 } }, { required: ['a'] }), object({ a: int }), []],
    [
      'by pattern',
      object({}, { patternProperties: { '^x': int } }),
      object({ x1: text }),
      ['TYPE_NARROWED /properties/x1/type', 'TYPE_NARROWED /patternProperties/^x/type'],
    ],
    ['items', { type: 'array', items: int }, { type: 'array', items: text }, ['TYPE_NARROWED /items/type']],
    [
      'places',
      { type: 'array', items: [int, text] },
      { type: 'array', items: [int, int] },
      ['TYPE_NARROWED /items/1/type'],
    ],
    [
      'places since 2020',
      { type: 'array', prefixItems: [int] },
      { type: 'array', prefixItems: [int], items: false },
      [],
    ],
    ['branches may come', { oneOf: [int, text] }, { oneOf: [text] }, []],
    ['branches may not go', { oneOf: [text] }, { oneOf: [int, text] }, ['COMBINED_TYPE_SUBSCHEMAS_CHANGED /oneOf']],
    ['a type may become one of several', { anyOf: [int, text] }, text, []],
    ['all of', { allOf: [{ type: 'integer' }, { minimum: 1 }] }, { type: 'integer', minimum: 2 }, []],
    ['references', { $defs: { a: int }, $ref: '#/$defs/a' }, int, []],
    ['not stays', { not: text }, { not: text }, []],
    ['not may not come', { not: text }, int, ['KEYWORD_CHANGED /not']],
    [
      'unique may not come',
      { type: 'array', uniqueItems: true },
      { type: 'array' },
      ['UNIQUE_ITEMS_ADDED /uniqueItems'],
    ],
    ['words for people do not count', { ...int, title: 'a', description: 'b' }, { ...int, $comment: 'c' }, []],
  ])('%s', (_what, reader, writer, expected) => {
    expect(kinds(reader, writer)).toEqual(expected)
  })

  test('a schema within itself', () => {
    const tree = (leaf: Schema): Schema => ({
      ...(object({ leaf, children: { type: 'array', items: { $ref: '#' } } }) as object),
      ...closed,
    })
    expect(kinds(tree({ type: 'number' }), tree(int))).toEqual([])
    expect(kinds(tree(int), tree({ type: 'number' }))).toEqual(['TYPE_NARROWED /properties/leaf/type'])
  })

  test('a schema in another subject', () => {
    const part = { name: 'part.json', schema: JSON.stringify({ $id: 'part.json', $defs: { size: int } }) }
    const whole = jsonSchema(JSON.stringify({ $ref: 'part.json#/$defs/size' }), [part])
    expect(whole.unreadable(parse(text), new Effort()).map(({ kind }) => kind)).toEqual(['TYPE_NARROWED'])
    expect(() => jsonSchema(JSON.stringify({ $ref: 'other.json' }), [part])).toThrow('no schema other.json')
  })

  test.each([
    '3',
    '{"type":"strnig"}',
    '{"properties":{"a":3}}',
    '{"anyOf":[]}',
    '{"$ref":"#/x"}',
    '{"$ref":"#"}',
    '{"required":"a"}',
  ])('%s is no schema', (schema) => {
    expect(() => jsonSchema(schema, [])).toThrow()
  })
})

/** Schemas over few names and small numbers, so that two of them often meet. No oneOf: its branches would overlap. */
function draw(random: Random, depth: number): Schema {
  const next = (high: number): number => randomInteger(random, 0, high)
  const some = (keyword: string, value: unknown): object => (next(3) === 0 ? { [keyword]: value } : {})
  switch (depth === 0 ? next(3) : next(7)) {
    case 0:
      return {
        type: (['integer', 'number', 'boolean', 'null'] as const)[next(3)],
        ...some('minimum', next(3)),
        ...some('maximum', 2 + next(3)),
      }
    case 1:
      return { type: 'string', ...some('minLength', next(2)), ...some('maxLength', 1 + next(2)) }
    case 2:
      return { enum: [0, 'a', null, true, 1.5].slice(0, 1 + next(4)) }
    case 3:
      return next(1) === 0
    case 4:
      return { type: 'array', ...some('minItems', next(2)), items: draw(random, depth - 1) }
    case 5:
      return { [next(1) === 0 ? 'anyOf' : 'allOf']: [draw(random, depth - 1), draw(random, depth - 1)] }
    default: {
      const names = ['a', 'b', 'c'].slice(0, next(3))
      const properties = Object.fromEntries(names.map((name) => [name, draw(random, depth - 1)]))
      const required = names.filter(() => next(2) === 0)
      return {
        type: 'object',
        properties,
        required,
        ...some('additionalProperties', draw(random, 0)),
        ...some('additionalProperties', false),
      }
    }
  }
}

function drawValue(random: Random, depth: number): unknown {
  const next = (high: number): number => randomInteger(random, 0, high)
  switch (depth === 0 ? next(4) : next(6)) {
    case 0:
      return next(5)
    case 1:
      return ['', 'a', 'ab', 'abc'][next(3)]
    case 2:
      return null
    case 3:
      return next(1) === 0
    case 4:
      return next(4) + 0.5
    case 5:
      return Array.from({ length: next(3) }, () => drawValue(random, depth - 1))
    default: {
      const names = ['a', 'b', 'c', 'd'].filter(() => next(1) === 0)
      return Object.fromEntries(names.map((name) => [name, drawValue(random, depth - 1)]))
    }
  }
}

/** Close to the former: a part of it is drawn anew. */
function evolve(random: Random, schema: Schema, depth: number): Schema {
  if (typeof schema === 'boolean' || randomInteger(random, 0, 3) === 0) return draw(random, depth)
  const keywords = Object.keys(schema)
  const keyword = keywords[randomInteger(random, 0, keywords.length - 1)]!
  if (keyword === 'items') return { ...schema, items: evolve(random, schema.items as Schema, depth - 1) }
  if (keyword === 'properties') {
    const properties = Object.entries(schema.properties as Record<string, Schema>)
    return {
      ...schema,
      properties: Object.fromEntries(properties.map(([name, each]) => [name, evolve(random, each, depth - 1)])),
    }
  }
  const { [keyword]: _gone, ...rest } = schema
  return rest
}

test('whatever is called readable reads every document that a random writer writes', () => {
  const random = seededRandom(11)
  const ajv = new Ajv({ strict: false, addUsedSchema: false })
  let [readable, documents] = [0, 0]
  for (let round = 0; round < 1_500; round++) {
    const writer = draw(random, 3)
    const reader = evolve(random, writer, 3)
    if (kinds(reader, writer).length > 0) continue
    readable++
    const [admits, reads] = [ajv.compile(writer), ajv.compile(reader)]
    for (let drawn = 0; drawn < 40; drawn++) {
      const value = drawValue(random, 3)
      if (!admits(value)) continue
      documents++
      expect({ writer, reader, value, isRead: reads(value) }).toEqual({ writer, reader, value, isRead: true })
    }
  }
  expect(readable).toBeGreaterThan(300)
  expect(documents).toBeGreaterThan(1_000)
})

test('every random schema reads itself', () => {
  const random = seededRandom(12)
  for (let round = 0; round < 2_000; round++) {
    const schema = draw(random, 3)
    expect({ schema, flaws: kinds(schema, schema) }).toEqual({ schema, flaws: [] })
  }
})

/** What nobody sends who means well: an answer in good time, no mistake of the registry, and it goes on. */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedRegistry, startRegistry } from '../../src/registry/index.ts'
import { parseContent } from '../../src/registry/parse.ts'
import { State } from '../../src/registry/state.ts'

let registry: EmbeddedRegistry
const mistakes: Error[] = []
beforeEach(async () => {
  mistakes.splice(0)
  registry = await startRegistry({ onError: (error) => mistakes.push(error) })
})
afterEach(async () => {
  await registry.close()
  expect(mistakes).toEqual([])
})

async function send(method: string, path: string, body: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(registry.url + path, { method, ...(method !== 'GET' && { body }) })
  return { status: answer.status, text: await answer.text() }
}

function register(schemaType: string, schema: unknown): Promise<{ status: number; text: string }> {
  return send('POST', '/subjects/s/versions', JSON.stringify({ schemaType, schema: JSON.stringify(schema) }))
}

const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const fixed = (prefix: string) => each(12_000, (index) => ({ type: 'fixed', name: `${prefix}${index}`, size: 3 }))
const field = (type: string) => [{ name: 'x', type }]
const chained = (type: string) =>
  each(9_000, (at) => ({ type: 'record', name: `R${at}`, fields: field(at === 0 ? type : `R${at - 1}`) }))
const nested = (last: number): unknown =>
  each(90, () => null).reduce<unknown>((within) => ({ properties: { x: within } }), {
    enum: [...each(90_000, Number), last],
  })
const referring = (type: string) => ({
  $ref: '#/definitions/d0',
  definitions: Object.fromEntries(
    each(9_000, (at) => [
      `d${at}`,
      { properties: { x: at === 8_999 ? { type } : { $ref: `#/definitions/d${at + 1}` } } },
    ]),
  ),
})
const patterned = (pattern: string, name: string) => ({
  patternProperties: { [pattern]: { type: 'string' } },
  properties: { [name]: { type: 'string' } },
  additionalProperties: false,
})

describe('a schema that takes for ever to compare with the one before is refused', () => {
  test.each([
    ['AVRO', 'unions of thousands', fixed('a'), fixed('b')],
    ['AVRO', 'records that lead to each other', [...chained('int'), 'null'], [...chained('long'), 'string']],
    [
      'JSON',
      'anyOf of thousands',
      { anyOf: each(8_000, (at) => ({ minLength: at + 1 })) },
      { anyOf: each(8_000, (at) => ({ minimum: at })) },
    ],
    ['JSON', 'schemas that lead to each other', referring('integer'), referring('string')],
    [
      'JSON',
      'a loop around a loop in a pattern',
      patterned('^(a+)+$', 'b'),
      patterned('^(a+)+$', `${'a'.repeat(60)}!`),
    ],
    [
      'JSON',
      'many alternatives in a pattern',
      patterned(`^${'(a|a)'.repeat(60)}$`, 'b'),
      patterned(`^${'(a|a)'.repeat(60)}$`, `${'a'.repeat(60)}!`),
    ],
    [
      'JSON',
      'many loops in a pattern',
      patterned('a*a*a*a*a*a*a*a*a*b', 'c'),
      patterned('a*a*a*a*a*a*a*a*a*b', 'a'.repeat(2_000)),
    ],
  ])('%s: %s', async (type, _, before, after) => {
    expect((await register(type, before)).status).toBe(200)
    const { status, text } = await register(type, after)
    expect({ status, text }).toEqual({ status: 409, text: expect.stringContaining('NOT_JUDGED') })
    expect(text.length).toBeLessThan(1_000)
  })
})

describe('what is only long is compared', () => {
  const symbols = each(90_000, (at) => `a${at}`)
  const names = each(60_000, (at) => `a${at}`)
  test.each([
    [
      'AVRO',
      'symbols',
      { type: 'enum', name: 'E', symbols },
      { type: 'enum', name: 'E', symbols: symbols.toReversed() },
      200,
    ],
    ['JSON', 'values', { enum: each(90_000, Number) }, { enum: [...each(90_000, Number).reverse(), 'x'] }, 200],
    ['JSON', 'required names', { required: names }, { required: names.toReversed(), minProperties: 0 }, 200],
    ['JSON', 'values far within', nested(-1), nested(-2), 409],
  ])('%s: %s', async (type, _, before, after, expected) => {
    expect((await register(type, before)).status).toBe(200)
    expect((await register(type, after)).status).toBe(expected)
  })

  test('patterns that people write are matched', async () => {
    const open = { patternProperties: { '^(x|ext)-[a-z]+$': { type: 'string' } } }
    expect((await register('JSON', { ...open, additionalProperties: false })).status).toBe(200)
    const added = { ...open, additionalProperties: false, properties: { 'x-size': { type: 'number' } } }
    const { status, text } = await register('JSON', added)
    expect({ status, text }).toEqual({ status: 409, text: expect.stringContaining('properties/x-size/type') })
  })
})

describe('a body', () => {
  test.each([
    ['JSON', { $ref: '#/%' }, 422],
    ['JSON', { $ref: '#' }, 422],
    ['JSON', { constructor: 1, toString: {}, __proto__: null, required: ['constructor'] }, 200],
    [
      'JSON',
      { definitions: Object.fromEntries(each(9_000, (at) => [`d${at}`, { $ref: `#/definitions/d${at + 1}` }])) },
      422,
    ],
    [
      'AVRO',
      each(9_000, (at) => ({
        type: 'record',
        name: `R${at}`,
        fields: [{ name: 'x', type: at === 0 ? 'int' : `R${at - 1}`, default: at === 0 ? 1 : {} }],
      })),
      200,
    ],
    ['AVRO', { type: { type: 'record' } }, 422],
    ['AVRO', { type: 'record', name: 'R', fields: [null] }, 422],
  ])('%s %j…', async (type, schema, status) => {
    expect((await register(type, schema)).status).toBe(status)
  })

  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  test.each([
    ['PUT', '/config', `{"compatibility":${deep}}`, 422],
    ['PUT', '/mode', `{"mode":${deep}}`, 422],
    ['PUT', '/config', deep, 400],
    ['POST', '/subjects/s/versions', `{"schema":${JSON.stringify(deep)}}`, 422],
    ['POST', '/subjects/s/versions', `{"schema":"\\"int\\"","references":[{"name":${deep}}]}`, 400],
    ['POST', '/subjects/%ff/versions', '{}', 400],
    ['GET', '/schemas?offset=x&limit=-9e99', '', 200],
  ])('%s %s is answered', async (method, path, body, status) => {
    expect((await send(method, path, body)).status).toBe(status)
  })
})

const keywords = [
  'type',
  'name',
  'fields',
  'items',
  'symbols',
  'default',
  '$ref',
  'properties',
  'required',
  'anyOf',
  'enum',
  'constructor',
  '__proto__',
  'schema',
  'references',
  'compatibility',
  'mode',
  'size',
  'version',
  'subject',
]
const words = [
  'record',
  'enum',
  'fixed',
  'array',
  'map',
  'int',
  'string',
  'object',
  '#',
  '#/properties/type',
  'R',
  '',
  '\u0000',
  '%',
]
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(...words, 0, -1, 2 ** 53, null, true),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.constantFrom(...keywords), tie('value'), { maxKeys: 6 }),
})).value
const calls = [
  ['PUT', '/config/s'],
  ['PUT', '/mode'],
  ['POST', '/subjects/s'],
  ['POST', '/subjects/s/versions'],
  ['POST', '/compatibility/subjects/s/versions/latest'],
  ['DELETE', '/subjects/s'],
] as const

test('whatever is sent, the answer is no mistake of the registry', async () => {
  const schema = fc.record({
    schemaType: fc.constantFrom('AVRO', 'JSON'),
    schema: anything.map((value) => JSON.stringify(value)),
  })
  const body = fc.oneof(schema, schema, anything)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), body, async ([method, path], sent) => {
      expect((await send(method, path, JSON.stringify(sent))).status).toBeLessThan(500)
    }),
    { numRuns: 400, seed: 20_261_121 },
  )
})

describe('a client', () => {
  test('that goes away in the middle of its body is no mistake', async () => {
    const going = request(`${registry.url}/subjects/s/versions`, { method: 'POST', headers: { 'content-length': 100 } })
    going.on('error', () => undefined)
    going.write('{"schema":')
    await once(going, 'socket')
    await send('GET', '/subjects', '')
    const gone = new Promise((resolve) => going.once('close', resolve))
    going.destroy()
    await gone
    expect((await send('GET', '/subjects', '')).status).toBe(200)
  })

  test('that says half a line keeps nobody waiting, nor the end', async () => {
    const half = connect(registry.port, '127.0.0.1')
    half.on('error', () => undefined)
    await once(half, 'connect')
    half.write('POST /subjects/s/versions HTTP/1.1\r\ncontent-')
    expect((await register('AVRO', 'int')).status).toBe(200)
    const closed = once(half, 'close')
    await registry.close()
    await closed
    registry = await startRegistry({ onError: (error) => mistakes.push(error) })
  })
})

test('references that lead back to where they came from, as a topic may hold them, are refused', () => {
  const state = new State()
  const at = (subject: string, other: string, id: number) =>
    state.apply({
      kind: 'schema',
      version: {
        subject,
        version: 1,
        id,
        deleted: false,
        schemaType: 'AVRO',
        schema: '"int"',
        references: [{ name: 'N', subject: other, version: 1 }],
      },
    })
  at('a', 'b', 1)
  at('b', 'a', 2)
  const references = [{ name: 'N', subject: 'a', version: 1 }]
  expect(() => parseContent({ schemaType: 'AVRO', schema: '"int"', references }, state)).toThrow(/there back/)
})

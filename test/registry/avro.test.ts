/** Avro: what is kept of a schema, and who reads whom, with avsc as the oracle. */
import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/random.ts'
import { avroSchema } from '../../src/registry/avro/avro.ts'
import { Effort } from '../../src/registry/effort.ts'
import { evolve, type Json, SchemaMaker } from './avro-schemas.ts'

const parse = (schema: unknown) => avroSchema(JSON.stringify(schema), [])
const kinds = (reader: unknown, writer: unknown): string[] =>
  parse(reader)
    .unreadable(parse(writer), new Effort())
    .map(({ kind, path }) => `${kind} ${path}`)
const record = (fields: unknown[], more: object = {}) => ({ type: 'record', name: 'R', fields, ...more })

describe('the canonical text', () => {
  test.each([
    ['{"type": "string"}', '"string"'],
    ['string', '"string"'],
    ['[ "null", {"type":"int"} ]', '["null","int"]'],
    ['{"logicalType":"date","type":"int"}', '{"type":"int","logicalType":"date"}'],
    ['{"fields":[],"name":"a.b.C","type":"record"}', '{"type":"record","name":"C","namespace":"a.b","fields":[]}'],
    [
      '{"type":"record","name":"C","namespace":"a","doc":"d","fields":[{"default":null,"type":["null","a.C"],"name":"c","order":"ascending"}]}',
      '{"type":"record","name":"C","namespace":"a","doc":"d","fields":[{"name":"c","type":["null","C"],"default":null}]}',
    ],
    [
      '{"type":"enum","name":"E","symbols":["A"],"default":"A","aliases":["F"],"x":1}',
      '{"type":"enum","name":"E","symbols":["A"],"default":"A","x":1,"aliases":["F"]}',
    ],
  ])('of %s', (given, canonical) => {
    expect(avroSchema(given, []).canonical).toBe(canonical)
  })

  test('is its own canonical text, and what avsc takes for the same type', () => {
    const random = seededRandom(8)
    for (let round = 0; round < 300; round++) {
      const schema = new SchemaMaker(random).draw(4)
      const { canonical } = parse(schema)
      expect(avroSchema(canonical, []).canonical).toBe(canonical)
      expect(
        avsc.Type.forSchema(JSON.parse(canonical) as avsc.Schema).equals(avsc.Type.forSchema(schema as avsc.Schema)),
      ).toBe(true)
    }
  })
})

describe('who reads whom', () => {
  test.each([
    ['long reads int', 'long', 'int', []],
    ['int does not read long', 'int', 'long', ['TYPE_MISMATCH ']],
    ['double reads long', 'double', 'long', []],
    ['float does not read double', 'float', 'double', ['TYPE_MISMATCH ']],
    ['string reads bytes', 'string', 'bytes', []],
    ['a decimal is its bytes', { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }, 'bytes', []],
    ['a union reads its branches', ['null', 'long'], 'int', []],
    ['a union lacks a branch', ['null', 'long'], ['null', 'string'], ['MISSING_UNION_BRANCH ']],
    ['a type reads a union of what it reads', 'double', ['int', 'float'], []],
    ['a type does not read every branch', 'double', ['int', 'string'], ['TYPE_MISMATCH ']],
    ['items', { type: 'array', items: 'int' }, { type: 'array', items: 'long' }, ['TYPE_MISMATCH /items']],
    ['no map as array', { type: 'array', items: 'int' }, { type: 'map', values: 'int' }, ['TYPE_MISMATCH ']],
    ['a field with default', record([{ name: 'a', type: 'int', default: 0 }]), record([]), []],
    [
      'a field without',
      record([{ name: 'a', type: 'int' }]),
      record([]),
      ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0'],
    ],
    ['a field that went', record([]), record([{ name: 'a', type: 'int' }]), []],
    [
      'a field by its alias',
      record([{ name: 'b', type: 'int', aliases: ['a'] }]),
      record([{ name: 'a', type: 'int' }]),
      [],
    ],
    ['another record', record([]), { ...record([]), name: 'S' }, ['NAME_MISMATCH /name']],
    ['another namespace', record([], { namespace: 'x' }), record([], { namespace: 'y' }), []],
    ['an alias', record([], { namespace: 'x', aliases: ['y.S'] }), { ...record([]), name: 'y.S' }, []],
    [
      'a symbol too many',
      { type: 'enum', name: 'E', symbols: ['A'] },
      { type: 'enum', name: 'E', symbols: ['A', 'B'] },
      ['MISSING_ENUM_SYMBOLS /symbols'],
    ],
    [
      'a symbol for the default',
      { type: 'enum', name: 'E', symbols: ['A'], default: 'A' },
      { type: 'enum', name: 'E', symbols: ['B'] },
      [],
    ],
    [
      'a fixed of another size',
      { type: 'fixed', name: 'F', size: 2 },
      { type: 'fixed', name: 'F', size: 3 },
      ['FIXED_SIZE_MISMATCH /size'],
    ],
    [
      'a record within itself',
      record([
        { name: 'next', type: ['null', 'R'] },
        { name: 'new', type: 'int' },
      ]),
      record([{ name: 'next', type: ['null', 'R'] }]),
      ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/1'],
    ],
    [
      'a pair that was refused as one branch is refused elsewhere',
      {
        type: 'record',
        name: 'T',
        fields: [
          { name: 'u', type: ['string', record([{ name: 'new', type: 'int' }])], default: '' },
          { name: 'r', type: 'R' },
        ],
      },
      { type: 'record', name: 'T', fields: [{ name: 'r', type: record([]) }] },
      ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/1/type/fields/0'],
    ],
  ])('%s', (_what, reader, writer, expected) => {
    expect(kinds(reader, writer)).toEqual(expected)
  })

  test('records in records are looked at once each', () => {
    const chain = (more: unknown[]): object => {
      let inner: object = record(more, { name: 'R0' })
      for (let depth = 1; depth <= 60; depth++) {
        inner = {
          type: 'record',
          name: `R${depth}`,
          fields: [
            { name: 'a', type: inner },
            { name: 'b', type: `R${depth - 1}` },
          ],
        }
      }
      return inner
    }
    expect(kinds(chain([]), chain([]))).toEqual([])
    expect(kinds(chain([{ name: 'new', type: 'int' }]), chain([])).length).toBeLessThanOrEqual(20)
  })

  test('as avsc has it, both ways, for random schemas and what may become of them', () => {
    const random = seededRandom(4)
    let [pairs, readable] = [0, 0]
    for (let round = 0; round < 4_000; round++) {
      const before = new SchemaMaker(random).draw(4)
      const after = evolve(random, before)
      if (!isValid(after)) continue
      for (const [reader, writer] of [
        [before, after],
        [after, before],
      ] as const) {
        const ours = kinds(reader, writer).length === 0
        pairs++
        if (ours) readable++
        expect({ reader, writer, isRead: ours }).toEqual({ reader, writer, isRead: avscReads(reader, writer) })
      }
    }
    expect(pairs).toBeGreaterThan(5_000)
    expect(readable).toBeGreaterThan(pairs / 5)
    expect(readable).toBeLessThan((pairs * 4) / 5)
  })
})

function isValid(schema: Json): boolean {
  try {
    avsc.Type.forSchema(schema as avsc.Schema)
    parse(schema)
    return true
  } catch {
    return false
  }
}

/** avsc also refuses to read a field of which two names were written; none of these schemas has such a field. */
function avscReads(reader: Json, writer: Json): boolean {
  const type = avsc.Type.forSchema(reader as avsc.Schema)
  try {
    type.createResolver(avsc.Type.forSchema(writer as avsc.Schema), { ignoreNamespaces: true })
    return true
  } catch {
    return false
  }
}

/** Bytes that somebody made up: a bad record each, soon. */
import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { findFault } from '../../../src/faults.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { avro, memoryRegistry } from '../../../src/serde/registry/avro.ts'
import { boundsOf } from '../../../src/serde/registry/avro-bounds.ts'
import { SchemaMaker } from '../../registry/avro-schemas.ts'

const long = avsc.Type.forSchema('long')
const header = [0, 0, 0, 0, 1]

function codeOf(schema: object | string, body: Uint8Array): string {
  const registry = memoryRegistry()
  const serde = avro<unknown>({ registry, schema: schema as string })
  registry.now.register({ kind: 'AVRO', text: JSON.stringify(schema) })
  const bytes = Buffer.concat([Buffer.from(header), body])
  try {
    serde.decode(bytes, 0, bytes.length)
    return 'none'
  } catch (error) {
    return findFault(error)?.code ?? `unknown: ${error}`
  }
}

describe('a count that nothing stands behind', () => {
  const counts = [2 ** 31, -(2 ** 31), 2 ** 52, -(2 ** 52)]
  const nested = {
    type: 'record',
    name: 'R',
    fields: [{ name: 'm', type: ['null', { type: 'map', values: { type: 'array', items: 'R' } }] }],
  }
  const schemas = [
    { type: 'array', items: 'int' },
    { type: 'map', values: 'int' },
    { type: 'array', items: 'null' },
    { type: 'array', items: { type: 'record', name: 'E', fields: [] } },
    { type: 'array', items: { type: 'array', items: 'string' } },
  ]
  test.each(schemas)('%j', (schema) => {
    for (const count of counts) expect(codeOf(schema, long.toBuffer(count))).toBe('MR3001')
  })

  test('within a union within a record', () => {
    const body = Buffer.concat([long.toBuffer(1), long.toBuffer(2 ** 40)])
    expect(codeOf(nested, body)).toBe('MR3001')
    expect(codeOf(nested, long.toBuffer(9))).toBe('MR3001')
    expect(codeOf(nested, long.toBuffer(0))).toBe('none')
  })

  test('texts and numbers longer than anything', () => {
    expect(codeOf('string', long.toBuffer(2 ** 40))).toBe('MR3001')
    expect(codeOf({ type: 'array', items: 'string' }, Buffer.concat([long.toBuffer(1), long.toBuffer(-5)]))).toBe(
      'MR3001',
    )
    expect(codeOf({ type: 'array', items: 'int' }, Buffer.alloc(40, 0xff))).toBe('MR3001')
  })

  test('records in records, as deep as the bytes go', () => {
    const list = {
      type: 'record',
      name: 'L',
      fields: [
        { name: 'next', type: ['null', 'L'] },
        { name: 'a', type: { type: 'array', items: 'int' } },
      ],
    }
    expect(codeOf(list, Buffer.alloc(1_000_000, 2))).toBe('MR3001')
  })
})

test('only schemas with an array, a map or themselves in them are walked over first', () => {
  const fields = ['a', 'b'].map((name) => ({ name, type: ['null', 'long'] as ['null', 'long'] }))
  expect(boundsOf(avsc.Type.forSchema({ type: 'record', name: 'R', fields }))).toBeNull()
  const itself = { type: 'record' as const, name: 'R', fields: [{ name: 'a', type: ['null', 'R'] as ['null', 'R'] }] }
  expect(boundsOf(avsc.Type.forSchema(itself))).not.toBeNull()
  expect(boundsOf(avsc.Type.forSchema({ type: 'map', values: 'int' }))).not.toBeNull()
})

test('what avsc wrote is walked over to its end', () => {
  const random = seededRandom(21)
  let walked = 0
  for (let round = 0; round < 400; round++) {
    const schema = new SchemaMaker(random).draw(3)
    const type = avsc.Type.forSchema(schema as avsc.Schema)
    const value = randomValue(type)
    if (value === null) continue
    walked++
    const check = boundsOf(type)
    check?.(value, 0, value.length)
    if (value.length > 0) expect(() => check?.(value, 0, value.length - 1)).not.toThrow(TypeError)
  }
  expect(walked).toBeGreaterThan(200)
})

/** Null where avsc finds no end to a record within itself. */
function randomValue(type: avsc.Type): Buffer | null {
  try {
    return type.toBuffer(type.random())
  } catch {
    return null
  }
}

test('random bytes are a value or a bad record', () => {
  const random = seededRandom(22)
  for (let round = 0; round < 3_000; round++) {
    const schema = new SchemaMaker(random).draw(3) as object
    const body = Uint8Array.from({ length: randomInteger(random, 0, 40) }, () => randomInteger(random, 0, 255))
    expect(['none', 'MR3001']).toContain(codeOf(schema, body))
  }
})

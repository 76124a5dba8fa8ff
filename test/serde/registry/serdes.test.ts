/** Avro and JSON Schema by hand: no server, no worker. */
import { describe, expect, test } from 'vitest'
import { findFault, MillraceError } from '../../../src/faults.ts'
import { from, nullable, text, topic, topology } from '../../../src/index.ts'
import { avro, jsonSchema, memoryRegistry } from '../../../src/serde/registry/avro.ts'
import { drive } from '../../../src/testing/index.ts'

const first = { type: 'record', name: 'Order', namespace: 'shop', fields: [{ name: 'id', type: 'string' }] } as const
const second = {
  ...first,
  fields: [
    ...first.fields,
    { name: 'total', type: 'double', default: 0 },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
} as const

function decodeWith<T>(
  serde: { decode(bytes: Buffer, start: number, end: number): T },
  bytes: Uint8Array | string | null,
): T {
  // In the middle of a larger buffer, as in a batch.
  const buffer = Buffer.concat([Buffer.from([9, 9]), bytes as Uint8Array, Buffer.from([9])])
  return serde.decode(buffer, 2, buffer.length - 1)
}

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'none'
  } catch (error) {
    return findFault(error)?.code ?? 'unknown'
  }
}

describe('avro', () => {
  test('writes a zero, the id, the value; reads it back as a plain value', () => {
    const serde = avro({ registry: memoryRegistry({ 258: first }), schema: first })
    const bytes = serde.encode({ id: 'a' }) as Buffer
    expect([...bytes]).toEqual([0, 0, 0, 1, 2, 2, 97])
    expect({ ...decodeWith(serde, bytes) }).toEqual({ id: 'a' })
  })

  test('an older value is read with the defaults of what was added, a newer one without what is unknown', () => {
    const registry = memoryRegistry()
    const [old, young] = [avro({ registry, schema: first }), avro({ registry, schema: second })]
    expect({ ...decodeWith(young, old.encode({ id: 'a' })) }).toEqual({ id: 'a', total: 0, note: null })
    expect({ ...decodeWith(old, young.encode({ id: 'b', total: 2, note: 'x' })) }).toEqual({ id: 'b' })
  })

  test('names are the same without their namespaces', () => {
    const registry = memoryRegistry()
    const other = avro({ registry, schema: { ...first, namespace: 'elsewhere' } })
    expect({ ...decodeWith(avro({ registry, schema: first }), other.encode({ id: 'a' })) }).toEqual({ id: 'a' })
  })

  test('refuses what is cut, too long, without id, of an unknown or another schema', () => {
    const registry = memoryRegistry({ 7: { type: 'enum', name: 'E', symbols: ['A'] } })
    const serde = avro({ registry, schema: first })
    const bytes = serde.encode({ id: 'abc' }) as Buffer
    const damaged = [
      bytes.subarray(0, 4),
      bytes.subarray(0, 8),
      Buffer.concat([bytes, Buffer.from([0])]),
      Buffer.from([1, 0, 0, 0, 1, 0]),
      Buffer.from([0, 0, 0, 0, 99, 0]),
      Buffer.from([0, 0, 0, 0, 7, 0]),
      Buffer.from([0, 0, 0, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    ]
    for (const each of damaged) expect(codeOf(() => decodeWith(serde, each))).toBe('MR3001')
  })

  test('what does not fit is refused with its place, never its value', () => {
    const serde = avro({ registry: memoryRegistry(), schema: second })
    const secret = { id: 'a', total: 'secret', note: null } as never
    expect(() => serde.encode(secret)).toThrow('The value does not fit the schema at total')
    expect(codeOf(() => serde.encode(secret))).toBe('MR3002')
  })

  test('values larger than any before, and bytes that outlive their buffer', () => {
    const serde = avro({ registry: memoryRegistry(), schema: { type: 'array', items: 'bytes' } })
    const value = [Buffer.alloc(70_000, 1), Buffer.from('kept')]
    const encoded = Buffer.from(serde.encode(value) as Buffer)
    const decoded = serde.decode(encoded, 0, encoded.length)
    encoded.fill(0)
    expect(decoded).toEqual(value)
  })

  test('whole numbers beyond 2^53 are refused', () => {
    const serde = avro({ registry: memoryRegistry(), schema: 'long' })
    const bytes = Buffer.concat([serde.encode(0) as Buffer])
    const large = Buffer.concat([
      bytes.subarray(0, 5),
      Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
    ])
    expect(codeOf(() => decodeWith(serde, large))).toBe('MR3001')
    expect(codeOf(() => serde.encode(2 ** 60))).toBe('MR3002')
  })

  test('a schema or an address that is not valid is told when the topology is written', () => {
    expect(codeOf(() => avro({ registry: memoryRegistry(), schema: { type: 'recrod' } }))).toBe('MR1003')
    expect(codeOf(() => avro({ registry: 'localhost:8081', schema: 'int' }))).toBe('MR1003')
    expect(codeOf(() => jsonSchema({ registry: memoryRegistry(), schema: { type: 'strnig' } }))).toBe('MR1003')
  })

  test('nullable hands on what it is told', async () => {
    const uses: unknown[] = []
    const prepare = async (use: unknown): Promise<void> => void uses.push(use)
    const use = { topic: 't', part: 'key', writes: true } as const
    await nullable({ ...text, prepare }).prepare!(use)
    expect(uses).toEqual([use])
    expect(nullable(text).prepare).toBeUndefined()
  })

  test('a serde that nobody prepared does not write', () => {
    expect(codeOf(() => avro({ registry: 'http://localhost:1', schema: 'int' }).encode(1))).toBe('MR3002')
  })
})

describe('jsonSchema', () => {
  const schema = {
    type: 'object',
    properties: { id: { type: 'string' }, total: { type: 'number', default: 0 } },
    required: ['id', 'total'],
  }
  interface Order {
    readonly id: string
    readonly total: number
  }

  test('writes the id and JSON; what is missing gets its default, what does not fit is refused', () => {
    const registry = memoryRegistry({ 4: { type: 'object', properties: { id: { type: 'string' } } } })
    const serde = jsonSchema<Order>({ registry, schema })
    expect(Buffer.from(serde.encode({ id: 'a', total: 1 }) as Uint8Array).toString('latin1')).toBe(
      '\0\0\0\0\x05{"id":"a","total":1}',
    )
    const older = Buffer.from('\0\0\0\0\x04{"id":"b"}', 'latin1')
    expect(decodeWith(serde, older)).toEqual({ id: 'b', total: 0 })
    expect(codeOf(() => decodeWith(serde, Buffer.from('\0\0\0\0\x04{"id":1}', 'latin1')))).toBe('MR3001')
    expect(codeOf(() => decodeWith(serde, Buffer.from('\0\0\0\0\x09{"id":"b"}', 'latin1')))).toBe('MR3001')
    expect(codeOf(() => serde.encode({ id: 'a' } as Order))).toBe('MR3002')
  })

  test.each([
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
  ])('in the draft %s', ($schema) => {
    const serde = jsonSchema<Order>({
      registry: memoryRegistry(),
      schema: { $schema, $id: 'https://shop/order', ...schema },
    })
    expect(decodeWith(serde, serde.encode({ id: 'a', total: 1 }))).toEqual({ id: 'a', total: 1 })
  })
})

describe('in a topology driven by hand', () => {
  test('two versions of a schema, one that is unknown, and nulls', () => {
    const registry = memoryRegistry()
    const orders = topic('orders', {
      key: nullable(avro({ registry, schema: 'string' })),
      value: avro({ registry, schema: second }),
    })
    const oldOrders = { ...orders, value: avro({ registry, schema: first }) }
    const totals = topic('totals', { key: nullable(text), value: avro({ registry, schema: 'double' }) })
    const flow = drive(
      topology(
        'shop',
        from(orders)
          .map((order) => order.total + 1)
          .to(totals),
      ),
    )
    flow.put(oldOrders, { id: 'a' }, { key: 'k', time: 1 })
    flow.put(orders, { id: 'b', total: 41, note: null }, { time: 2 })
    flow.putBytes(orders, Buffer.from([0, 0, 0, 0, 99, 0]), { time: 3 })
    expect(flow.take(totals).map(({ value }) => value)).toEqual([1, 42])
    expect(flow.deadLetters('orders')).toHaveLength(1)
    expect(flow.deadLetters('orders')).toHaveLength(0)
  })

  test('state in Avro, and a restart', () => {
    const registry = memoryRegistry()
    const key = avro({ registry, schema: 'string' })
    const orders = topic('orders', { key, value: avro({ registry, schema: second }) })
    const sums = topic('sums', { key, value: avro({ registry, schema: 'double' }) })
    const total = { type: 'record', name: 'Total', fields: [{ name: 'sum', type: 'double' }] } as const
    const built = topology(
      'sums',
      from(orders)
        .aggregate('per-key', {
          as: avro({ registry, schema: total }),
          start: () => ({ sum: 0 }),
          add: ({ sum }, { total: more }) => ({ sum: sum + more }),
        })
        .map(({ sum }) => sum)
        .to(sums),
    )
    const flow = drive(built)
    flow.put(orders, { id: 'a', total: 1, note: null }, { key: 'k', time: 1 })
    flow.restart()
    flow.put(orders, { id: 'b', total: 2, note: null }, { key: 'k', time: 2 })
    expect(flow.take(sums).map(({ key: name, value }) => [name, value])).toEqual([
      ['k', 1],
      ['k', 3],
    ])
  })

  test('a registry that would have to be waited for is told', () => {
    const value = avro({ registry: 'http://localhost:1', schema: first })
    const orders = topic('orders', { value })
    const flow = drive(
      topology(
        'shop',
        from(orders)
          .map(({ id }) => id)
          .to(topic('ids', { value: text })),
      ),
    )
    expect(() => flow.putBytes(orders, Buffer.from([0, 0, 0, 0, 1, 2, 97]), { time: 1 })).toThrow(MillraceError)
  })
})

import { expect, test } from 'vitest'
import { z } from 'zod'
import { decoderOf, guess } from '../../../src/dead-letters/reading/decode.ts'
import { whenReady } from '../../../src/dead-letters/reading/when-ready.ts'
import { from, json, NotReady, number, reject, type Serde, text, topic, topology } from '../../../src/index.ts'
import { jsonText } from '../../../src/serde/json-text.ts'
import { letterOf, ownHeaders } from '../letters.ts'

test.each([
  [null, 'null', null],
  ['{"a":[1,null]}', 'json', { a: [1, null] }],
  ['9007199254740993', 'json', '9007199254740993'],
  ['\ufeff{"a":1}', 'json', { a: 1 }],
  ['{"a":', 'text', '{"a":'],
  ['plain', 'text', 'plain'],
  ['', 'text', ''],
  ['nul\0', 'bytes', null],
  [Buffer.from([0xff, 0xfe]), 'bytes', null],
  [`${'['.repeat(100_000)}`, 'text', '['.repeat(100_000)],
])('%j looks like %s', (bytes, as, value) => {
  expect(guess(bytes === null ? null : Buffer.from(bytes as string))).toEqual({ as, value, problem: null })
})

const keys = topic('keys', { key: number, value: json(z.object({ id: z.number() })) })
const app = topology(
  'app',
  from(keys)
    .keyBy('by-id', (_, { key }) => String(key), { key: text })
    .count('all')
    .to(topic('out', { key: text, value: number })),
)
const read = (source: string) => ownHeaders({ topic: source, partition: '0', offset: '1' })
const eight = Buffer.alloc(8)
eight.writeDoubleBE(7)

test('by the serdes of the topic it was read from: inputs, and repartition topics', async () => {
  const decode = await decoderOf(app)
  const good = letterOf(read('keys'), { key: Buffer.from(eight), value: Buffer.from('{"id":1}') })
  expect(decode(good, 'value')).toEqual({ as: 'serde', value: { id: 1 }, problem: null })
  const bad = letterOf(read('keys'), { key: Buffer.from('xx'), value: Buffer.from('{"id":"one"}') })
  expect(decode(bad, 'value')).toMatchObject({ as: 'json', value: { id: 'one' }, problem: expect.stringMatching(/\w/) })
  const between = letterOf(read('app.by-id.repartition'), { key: Buffer.from('k') })
  expect(decode(between, 'key')).toEqual({ as: 'serde', value: 'k', problem: null })
  expect(decode(letterOf(read('payroll'), { key: Buffer.from('k') }), 'key')).toMatchObject({ as: 'text' })
  expect(decode(letterOf([], { key: null }), 'key')).toMatchObject({ as: 'null' })
})

test('a schema that is not there yet is waited for; nothing is registered', async () => {
  const uses: unknown[] = []
  let isThere = false
  const slow: Serde<string> = {
    ...text,
    decode: (bytes, start, end) => {
      if (isThere) return text.decode(bytes, start, end)
      throw new NotReady(
        'soon',
        Promise.resolve().then(() => {
          isThere = true
        }),
      )
    },
    prepare: async (use) => void uses.push(use),
  }
  const decode = await decoderOf(topology('slow', from(topic('in', { value: slow })).to(topic('out', { value: text }))))
  expect(uses).toEqual([{ topic: 'in', part: 'value', writes: false }])
  const letter = letterOf(read('in'), { value: Buffer.from('late') })
  expect(await whenReady(() => decode(letter, 'value').value)).toBe('late')
})

test('a schema that never comes ends the wait with what the serde says', async () => {
  const overdue = reject('The registry does not answer', { code: 'MR3006' })
  const work = () => {
    throw new NotReady('soon', Promise.resolve(), overdue)
  }
  await expect(whenReady(work)).rejects.toBe(overdue)
})

test('JSON of whatever a serde gives', () => {
  const circle: { itself?: unknown } = {}
  circle.itself = circle
  const odd = {
    big: 2n ** 60n,
    bytes: [Uint8Array.of(97), Buffer.from('a')],
    map: new Map([[1, 2]]),
    set: new Set([1]),
    none: undefined,
  }
  expect(jsonText(odd)).toBe('{"big":"1152921504606846976","bytes":["YQ==","YQ=="],"map":[[1,2]],"set":[1]}')
  expect([circle, undefined, () => 1].map((value) => jsonText(value))).toEqual([null, null, null])
})

/** What only shows when the topology is built, and what programs without types can do. */
import { describe, expect, test } from 'vitest'
import {
  compile,
  deadLetter,
  findFault,
  from,
  hopping,
  json,
  number,
  otherwise,
  type TimeWindows,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'

const orders = topic('orders', { key: text, value: json<{ total: number }>() })
const counts = topic('counts', { value: number })
const keyed = from(orders)
const minutes = tumbling({ minutes: 1 })

function faultOf(action: () => unknown): { code: string; text: string } {
  try {
    action()
  } catch (error) {
    const fault = findFault(error)
    if (fault !== undefined) return { code: `${fault.kind} ${fault.code}`, text: JSON.stringify(fault.text) }
    throw error
  }
  return { code: 'none', text: '' }
}

describe('a topology is refused', () => {
  const untyped = keyed as unknown as { window(windows?: unknown): { count(name: string): unknown } }
  const nullKeys = from(counts) as unknown as typeof keyed
  const rekeyed = keyed.mapKeyValue((order) => ['x', order]) as unknown as typeof keyed
  const long = 'n'.repeat(249)
  const sums = { as: number, start: 0, add: (sum: number) => sum }

  test.each<[name: string, code: string, says: RegExp, action: () => unknown]>([
    [
      'two stores of one name',
      'MR4001',
      /n-per-key/,
      () => topology('a', keyed.count('n-per-key').to(counts), keyed.window(minutes).count('n-per-key').to(counts)),
    ],
    [
      'updates beside final results',
      'MR4001',
      /updates\(\)/,
      () => {
        const results = keyed.window(minutes).count('n')
        return topology('a', results.to(counts), results.updates().to(counts))
      },
    ],
    [
      'two keyBy of one name',
      'MR4001',
      /by-id/,
      () =>
        topology(
          'a',
          keyed
            .keyBy('by-id', () => 'x')
            .count('a')
            .to(counts),
          keyed
            .keyBy('by-id', () => 'y')
            .count('b')
            .to(counts),
        ),
    ],
    [
      'a topic read in two ways',
      'MR4001',
      /orders is read twice/,
      () =>
        topology(
          'a',
          keyed.count('a').to(counts),
          from(orders, { outOfOrderness: { hours: 1 } })
            .count('b')
            .to(counts),
        ),
    ],
    [
      'a topic read with two serdes',
      'MR4001',
      /orders is read twice/,
      () => topology('a', keyed.count('a').to(counts), from(topic('orders', { key: text, value: number })).to(counts)),
    ],
    [
      'an internal topic of the same name as an output',
      'MR4001',
      /a\.n\.changelog/,
      () => compile(topology('a', keyed.count('n').to(topic('a.n.changelog', { value: number })))),
    ],
    [
      'two internal topics of one name',
      'MR4001',
      /a\.dlq\.changelog/,
      () =>
        compile(
          topology(
            'a',
            from(orders, { onFailure: [deadLetter('changelog')] })
              .count('dlq')
              .to(counts),
          ),
        ),
    ],
    ['a topic name with a space', 'MR4002', /my topic/, () => topic('my topic', { value: number })],
    ['an empty topic name', 'MR4002', /topic/, () => topic('', { value: number })],
    ['a topic named ..', 'MR4002', /\.\./, () => topic('..', { value: number })],
    ['a topic name that is too long', 'MR4002', /249/, () => topic(`${long}n`, { value: number })],
    ['a keyBy name with a slash', 'MR4002', /repartition/, () => keyed.keyBy('by/id', () => 'x')],
    ['a store name with a colon', 'MR4002', /store/, () => keyed.count('n:1')],
    ['a topology name with umlauts', 'MR4002', /topology/, () => topology('größe', keyed.count('n').to(counts))],
    [
      'an internal name that is too long',
      'MR4002',
      /changelog/,
      () => compile(topology('a', keyed.count(long).to(counts))),
    ],
    [
      'a dead-letter name with a space',
      'MR4002',
      /dead-letter/,
      () =>
        compile(
          topology(
            'a',
            from(orders, { onFailure: [deadLetter('my dead')] })
              .count('n')
              .to(counts),
          ),
        ),
    ],
    ['a window without windows', 'MR4003', /undefined/, () => untyped.window().count('n')],
    ['a window of a duration', 'MR4003', /minutes/, () => untyped.window({ minutes: 1 }).count('n')],
    ['a window of no size', 'MR4003', /positive size/, () => tumbling({ minutes: 0 })],
    [
      'a window of no size that was not made here',
      'MR4003',
      /no windows/,
      () => keyed.window({ ...minutes, size: 0 } as TimeWindows),
    ],
    ['a hop that is longer than the window', 'MR4003', /hop/, () => hopping({ minutes: 1 }, { every: { minutes: 2 } })],
    ['nothing that writes', 'MR4004', /no sink/, () => topology('a')],
    ['a stream that ends in nothing', 'MR4004', /to\(\)/, () => topology('a', keyed as never)],
    ['undefined for a sink', 'MR4004', /to\(\)/, () => topology('a', undefined as never)],
    ['a fold over keys that may be null', 'MR4004', /keyBy/, () => nullKeys.count('n')],
    ['a fold over changed keys', 'MR4004', /keyBy/, () => rekeyed.window(minutes).aggregate('n', sums)],
    ['a branch with two open cases', 'MR4004', /a, b/, () => keyed.branch({ a: otherwise, b: otherwise })],
    ['a branch without cases', 'MR4004', /no cases/, () => keyed.branch({})],
    ['a branch case that objects reorder', 'MR4004', /7/, () => keyed.branch({ big: () => true, 7: otherwise })],
    ['a negative out-of-orderness', 'MR1003', /outOfOrderness/, () => from(orders, { outOfOrderness: { hours: -1 } })],
    [
      'an idle time that is no number',
      'MR1003',
      /idle/,
      () => from(orders, { idle: { after: { hours: Number.NaN } } }),
    ],
    ['no partitions', 'MR1003', /partitions/, () => keyed.keyBy('id', () => 'x', { partitions: 0 })],
  ])('with %s', (_name, code, says, action) => {
    const fault = faultOf(action)
    expect(fault.code).toBe(`fatal ${code}`)
    expect(fault.text).toMatch(says)
  })
})

import { describe, expect, test } from 'vitest'
import {
  bytes,
  deadLetter,
  from,
  globalTable,
  json,
  number,
  otherwise,
  table,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'
import type { Node, RecordContext } from '../../src/topology/nodes.ts'
import { nodesOf } from '../../src/topology/walk.ts'

const orders = from(topic('orders', { key: text, value: json<{ total: number }>() }))
const context: RecordContext = { key: 'k', time: 0, window: null, headers: [], topic: 't', partition: 0, offset: 0 }

function nodeOf<N extends Node['kind']>(kind: N, end: { readonly node: Node }): Extract<Node, { kind: N }> {
  const found = nodesOf([end.node]).findLast((node) => node.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return found as Extract<Node, { kind: N }>
}

describe('a chained call', () => {
  test('returns a new frozen value and changes nothing', () => {
    const node = orders.node
    const windowed = orders.window(tumbling({ minutes: 1 }))
    const results = windowed.count('n')
    const { rest } = orders.branch({ rest: otherwise })
    const all = [orders, orders.map((order) => order), windowed, results, results.late, rest, orders.count('m')]
    for (const each of all) {
      expect(Object.isFrozen(each)).toBe(true)
    }
    for (const made of nodesOf([results.late.node, rest.node])) expect(Object.isFrozen(made)).toBe(true)
    expect(orders.node).toBe(node)
    expect(Object.isFrozen(topology('a', results.to(topic('n', { key: text, value: number }))))).toBe(true)
  })

  test('is not taken for a promise by await', async () => {
    expect(await orders).toBe(orders)
  })
})

describe('from', () => {
  test('has the defaults of the rules', () => {
    expect(nodeOf('source', orders)).toMatchObject({
      timestamp: null,
      outOfOrderness: 0,
      idleAfter: 30_000,
      maxLead: 86_400_000,
      onFailure: [],
    })
  })
  test('takes times as durations, or off', () => {
    const source = from(topic('o', { value: text }), { outOfOrderness: { hours: 22 }, idle: 'off', maxLead: 'off' })
    expect(source.node).toMatchObject({ outOfOrderness: 79_200_000, idleAfter: 'off', maxLead: 'off' })
    expect(from(topic('o', { value: text }), { idle: { after: { seconds: 1 } } }).node).toMatchObject({
      idleAfter: 1_000,
    })
  })
  test('reads a table into a store of its name', () => {
    expect(from(table('limits', { value: number })).node).toMatchObject({ kind: 'table-source', store: 'limits' })
  })
})

describe('keyBy', () => {
  test('writes text keys and JSON values, unless told otherwise', () => {
    expect(orders.keyBy('id', () => 'x').node).toMatchObject({
      name: 'id',
      keySerde: text,
      valueSerde: { name: 'json' },
      partitions: null,
    })
    const told = orders
      .map(() => Buffer.from('x'))
      .keyBy('id', () => 1, { key: number, value: bytes as never, partitions: 4 })
    expect(told.node).toMatchObject({ keySerde: number, valueSerde: bytes, partitions: 4 })
  })
  test('gives its key serde to the stores behind it, through steps that keep the key', () => {
    const counted = orders
      .keyBy('total', (order) => order.total, { key: number })
      .map((order) => order.total)
      .filter(Boolean)
      .count('n')
    expect(nodeOf('aggregate', counted).keySerde).toBe(number)
    const again = orders
      .window(tumbling({ hours: 1 }))
      .count('hourly')
      .window(tumbling({ days: 1 }))
      .count('daily')
    expect(nodeOf('aggregate', again)).toMatchObject({ store: 'daily', keySerde: text, sumSerde: number })
  })
})

describe('folds', () => {
  const minutes = tumbling({ minutes: 1 })

  test('count adds one, from zero', () => {
    const { start, add, emit, fold } = nodeOf('aggregate', orders.window(minutes).count('n'))
    expect([fold, emit, start(), add(41, null, context)]).toEqual(['count', 'final', 0, 42])
  })
  test('speak at every change without a window, or when asked to', () => {
    expect(nodeOf('aggregate', orders.count('n'))).toMatchObject({ emit: 'updates', windows: null })
    const updates = orders.window(minutes).count('n').updates()
    expect(nodeOf('aggregate', updates)).toMatchObject({ emit: 'updates', windows: minutes })
    expect(nodeOf('late', updates.late).input).toBe(updates.node)
  })
  test('take a start, which is frozen, or a function that makes it', () => {
    const none = { seen: [] as number[] }
    const as = json<typeof none>()
    const fixed = nodeOf('aggregate', orders.aggregate('n', { as, start: none, add: (sum) => sum }))
    expect(fixed.start()).toBe(none)
    expect(() => none.seen.push(1)).toThrow(TypeError)
    const made = nodeOf('aggregate', orders.aggregate('n', { as, start: () => ({ seen: [] }), add: (sum) => sum }))
    expect(made.start()).toEqual({ seen: [] })
    expect(made.start()).not.toBe(made.start())
  })
  test('reduce starts from the first value', () => {
    const node = nodeOf(
      'aggregate',
      orders.map(({ total }) => total).reduce('max', (sum, next) => Math.max(sum, next), { value: number }),
    )
    expect([node.fold, node.start(), node.sumSerde]).toEqual(['reduce', undefined, number])
  })
})

describe('branch', () => {
  test('tries cases in the order written, and what is left last', () => {
    const streams = orders.branch({ rest: otherwise, big: ({ total }) => total > 9, small: () => true })
    expect(Object.keys(streams)).toEqual(['big', 'small', 'rest'])
    expect(nodeOf('branch', streams.rest).cases.map(({ name, predicate }) => [name, predicate === null])).toEqual([
      ['big', false],
      ['small', false],
      ['rest', true],
    ])
    expect(nodeOf('branch-case', streams.rest).index).toBe(2)
  })
  test('is not confused by names that objects have', () => {
    const streams = orders.branch({ constructor: () => true, toString: otherwise })
    expect(nodeOf('branch-case', streams.constructor).index).toBe(0)
    expect(nodeOf('branch-case', streams.toString).index).toBe(1)
  })
})

describe('lookup', () => {
  test('is inner where asked', () => {
    const limits = globalTable('limits', { value: number })
    const left = orders.lookup(
      limits,
      () => 'x',
      (order, limit) => order.total - (limit ?? 0),
    )
    const inner = orders.innerLookup(
      limits,
      () => 'x',
      (order, limit) => order.total - limit,
    )
    expect([nodeOf('lookup', left).inner, nodeOf('lookup', inner).inner]).toEqual([false, true])
    expect(nodeOf('lookup', left).table).toBe(limits)
  })
})

describe('tables', () => {
  const limits = from(table('limits', { value: number }))

  test('map maps rows', () => {
    const { handler } = nodeOf(
      'table-map',
      limits.map((limit) => limit * 2),
    )
    expect(handler(4, context)).toBe(8)
  })
  test('filter deletes rows that it no longer wants', () => {
    const { handler } = nodeOf(
      'table-map',
      limits.filter((limit) => limit > 2),
    )
    expect([handler(4, context), handler(1, context)]).toEqual([4, null])
  })
  test('are streams of their changes', () => {
    expect(limits.toStream().node).toBe(limits.node)
    expect(limits.to(table('copy', { value: number })).input).toBe(limits.node)
  })
})

describe('onFailure', () => {
  test('stays with its step; none given is none', () => {
    const policies = [deadLetter('bad')]
    expect(
      nodeOf(
        'map',
        orders.map((order) => order, { onFailure: policies }),
      ),
    ).toMatchObject({ onFailure: policies })
    expect('onFailure' in orders.map((order) => order).node).toBe(false)
    expect('onFailure' in orders.map((order) => order, { onFailure: [] }).node).toBe(false)
  })
})

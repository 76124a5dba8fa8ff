import { describe, expect, test } from 'vitest'
import {
  compile,
  deadLetter,
  from,
  type Graph,
  globalTable,
  json,
  otherwise,
  skip,
  stop,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'
import { flights } from '../types/house.test-d.ts'

interface Order {
  readonly id: string
  readonly total: number
}
const orders = topic('orders', { key: text, value: json<Order>() })
const returns = topic('returns', { key: text, value: json<Order>() })
const output = topic('output', { value: json<Order>() })
const other = topic('other', { value: json<Order>() })

function linksOf(graph: Graph): string[] {
  return graph.subTopologies.flatMap(({ id, nodes }) =>
    nodes.map(({ name, outputs }) => `${id} ${name} -> ${outputs.map((to) => nodes[to]!.name).join(' ')}`.trim()),
  )
}

function deadLettersOf(graph: Graph): string[] {
  return graph.internal.flatMap(({ kind, name, partitionsOf }) =>
    kind === 'dead-letter' && typeof partitionsOf === 'object' && 'topics' in partitionsOf
      ? [`${name} of ${partitionsOf.topics.join(' ')}`]
      : [],
  )
}

describe('compile', () => {
  test('cuts at repartition topics, and knows who writes them', () => {
    const { subTopologies } = compile(flights)
    expect(
      subTopologies.map(({ id, sources }) => [id, ...sources.map(({ topic, writers }) => [topic, writers])]),
    ).toEqual([
      [0, ['flights', null]],
      [1, ['flights.by-origin.repartition', [0]]],
    ])
    const repartition = subTopologies.flatMap(({ nodes }) => nodes.filter(({ node }) => node.kind === 'repartition'))
    expect(repartition.map(({ role }) => role)).toEqual(['repartition-sink', 'repartition-source'])
    expect(repartition[0]!.node).toBe(repartition[1]!.node)
  })

  test('puts inputs before what reads them, and late records beside the others', () => {
    const { nodes } = compile(flights).subTopologies[1]!
    for (const node of nodes) {
      expect(nodes[node.index]).toBe(node)
      for (const input of node.inputs) expect(input).toBeLessThan(node.index)
    }
    const departures = nodes.find(({ name }) => name === 'departures')!
    expect(departures.outputs.map((to) => nodes[to]!.node.kind)).toEqual(['map'])
    expect(departures.late.map((to) => nodes[to]!.node.kind)).toEqual(['late'])
  })

  test('lists receivers in the order of the sinks', () => {
    const source = from(orders)
    const big = source.filter(({ total }) => total > 100).to(output)
    const all = source.to(other)
    expect(linksOf(compile(topology('a', big, all)))[0]).toBe('0 from-orders -> filter-1 to-other')
    expect(linksOf(compile(topology('a', all, big)))[0]).toBe('0 from-orders -> to-other filter-1')
  })

  test('makes one sub-topology of what meets in a merge, and two of what does not', () => {
    const apart = compile(topology('a', from(orders).to(output), from(returns).to(other)))
    expect(apart.subTopologies.map(({ sources }) => sources.map(({ topic }) => topic))).toEqual([
      ['orders'],
      ['returns'],
    ])
    const merged = compile(topology('a', from(orders).to(output), from(returns).merge(from(orders)).to(other)))
    expect(merged.subTopologies.map(({ sources }) => sources.map(({ topic }) => topic))).toEqual([
      ['orders', 'returns'],
    ])
  })

  test('reads a topic once, however often from() names it', () => {
    const graph = compile(
      topology(
        'a',
        from(orders).to(output),
        from(orders)
          .peek(() => undefined)
          .to(other),
      ),
    )
    expect(linksOf(graph)).toEqual([
      '0 from-orders -> to-output peek-1',
      '0 to-output ->',
      '0 peek-1 -> to-other',
      '0 to-other ->',
    ])
  })

  test('gives names that are unique, and counts kinds apart', () => {
    const stream = from(orders).map((order) => order)
    const graph = compile(
      topology(
        'a',
        stream
          .filter(() => true)
          .map((order) => order)
          .to(output),
        stream.map((order) => order).to(output),
        stream
          .count('map-1')
          .map(() => ({ id: '', total: 0 }))
          .to(output),
      ),
    )
    const names = graph.subTopologies.flatMap(({ nodes }) => nodes.map(({ name }) => name))
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual([
      'from-orders',
      'map-2',
      'filter-1',
      'map-3',
      'to-output',
      'map-4',
      'to-output-2',
      'map-1',
      'table-map-1',
      'to-output-3',
    ])
  })

  test('lists a branch whose sides are not all read', () => {
    const { other: rest } = from(orders).branch({
      other: otherwise,
      big: ({ total }) => total > 100,
      none: () => false,
    })
    const { nodes } = compile(topology('a', rest.to(output))).subTopologies[0]!
    const branch = nodes.find(({ node }) => node.kind === 'branch')!.node
    expect(branch.kind === 'branch' && branch.cases.map(({ name }) => name)).toEqual(['big', 'none', 'other'])
    expect(nodes.flatMap(({ node }) => (node.kind === 'branch-case' ? [node.index] : []))).toEqual([2])
  })

  test('sizes internal topics', () => {
    const graph = compile(
      topology(
        'shop',
        from(orders)
          .keyBy('id', ({ id }) => id)
          .window(tumbling({ days: 1 }))
          .count('daily')
          .keyBy('all', () => 'all', { partitions: 1 })
          .count('total')
          .map(() => ({ id: '', total: 1 }))
          .to(output),
      ),
    )
    expect(graph.internal.map(({ name, partitionsOf }) => [name, partitionsOf])).toEqual([
      ['shop.id.repartition', { subTopology: 0 }],
      ['shop.all.repartition', { count: 1 }],
      ['shop.daily.changelog', { subTopology: 1 }],
      ['shop.total.changelog', { subTopology: 2 }],
      ['shop.progress', 'largest'],
      ['shop.dlq.orders', { topics: ['orders'] }],
      ['shop.dlq.id', { topics: ['shop.id.repartition'] }],
      ['shop.dlq.all', { topics: ['shop.all.repartition'] }],
      ['shop.redrive.orders', { topics: ['orders'] }],
      ['shop.redrive.id', { topics: ['shop.id.repartition'] }],
      ['shop.redrive.all', { topics: ['shop.all.repartition'] }],
      ['shop.dlq-marks', { count: 1 }],
      ['shop.audit', { count: 1 }],
    ])
    expect(graph.subTopologies.map(({ stores }) => stores.map(({ changelog }) => changelog))).toEqual([
      [],
      ['shop.daily.changelog'],
      ['shop.total.changelog'],
    ])
  })

  test('makes the dead-letter topics that policies name, and no others', () => {
    const policies = { onFailure: [deadLetter('unpriced')] }
    const price = (order: Order) => order
    const graphOf = (source: Parameters<typeof from<string, Order>>[1]) =>
      compile(
        topology(
          'a',
          from(orders, source)
            .merge(from(returns, { onFailure: [stop()] }))
            .map(price, policies)
            .to(output),
        ),
      )
    expect(deadLettersOf(graphOf({}))).toEqual(['a.dlq.orders of orders', 'a.dlq.unpriced of orders returns'])
    expect(deadLettersOf(graphOf({ onFailure: [skip()] }))).toEqual(['a.dlq.unpriced of orders returns'])
    expect(deadLettersOf(graphOf({ onFailure: [deadLetter('in')] }))[0]).toBe('a.dlq.in of orders')
  })

  test('lists each topic of the user once', () => {
    const rates = globalTable('rates', { value: json<number>() })
    const stream = from(orders).lookup(
      rates,
      ({ id }) => id,
      (order) => order,
    )
    const graph = compile(
      topology(
        'a',
        stream.to(output),
        stream
          .lookup(
            rates,
            ({ id }) => id,
            (order) => order,
          )
          .to(output),
      ),
    )
    expect(graph.inputs.map(({ name }) => name)).toEqual(['orders', 'rates'])
    expect(graph.globalTables).toEqual([rates])
    expect(graph.outputs).toEqual([output])
  })

  test('hashes what workers of one group must agree on', () => {
    const build = (minutes: number, factor: number) =>
      compile(
        topology(
          'a',
          from(orders)
            .window(tumbling({ minutes }))
            .count('n')
            .map((n) => ({ id: '', total: n * factor }))
            .to(output),
        ),
      ).hash
    expect(build(1, 1)).toMatch(/^[0-9a-f]{64}$/)
    expect(build(1, 1)).toBe(build(1, 2))
    expect(build(1, 1)).not.toBe(build(2, 1))
  })
})

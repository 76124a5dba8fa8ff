/** What park policies leave in a graph: the queue as a dead-letter topic, and the store of parked keys with its changelog. */
import { describe, expect, test } from 'vitest'
import { from, number, park, stop, text, topic, topology } from '../../src/index.ts'
import { compile } from '../../src/topology/compile.ts'

const orders = topic('orders', { key: text, value: text })
const out = topic('out', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })

describe('a topology that parks', () => {
  test('keeps the parked keys of a sub-topology in a store with a changelog', () => {
    const graph = compile(
      topology(
        'a',
        from(orders, { onFailure: [stop()] })
          .map((value) => value, { onFailure: [park('bad')] })
          .to(out),
      ),
    )
    expect(graph.subTopologies[0]!.stores).toMatchObject([
      { name: 'parked-orders', changelog: 'a.parked-orders.changelog', store: { kind: 'key-value' } },
    ])
    expect(graph.internal.map(({ name, kind }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(['changelog a.parked-orders.changelog', 'dead-letter a.dlq.bad']),
    )
  })

  test('has one store for all policies of a sub-topology, and none where nothing parks', () => {
    const graph = compile(
      topology(
        'a',
        from(orders, { onFailure: [park('one')] })
          .map((value) => value, { onFailure: [park('two')] })
          .keyBy('by-value', (value) => value)
          .count('counts')
          .to(counts),
      ),
    )
    const names = graph.subTopologies.map(({ stores }) => stores.map(({ name }) => name))
    expect(names).toEqual([['parked-orders'], ['counts']])
  })

  test('names the store behind a repartition topic after it', () => {
    const graph = compile(
      topology(
        'a',
        from(orders)
          .keyBy('by-value', (value) => value)
          .map((value) => value, { onFailure: [park('bad')] })
          .to(out),
      ),
    )
    expect(graph.subTopologies.map(({ stores }) => stores.map(({ changelog }) => changelog))).toEqual([
      [],
      ['a.parked-by-value.changelog'],
    ])
  })

  test('refuses a store of yours with the same name', () => {
    const built = topology(
      'a',
      from(orders, { onFailure: [park('bad')] })
        .count('parked-orders')
        .to(counts),
    )
    expect(() => compile(built)).toThrow('a.parked-orders.changelog has the name of a changelog topic')
  })
})

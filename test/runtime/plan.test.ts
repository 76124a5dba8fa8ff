/** How many tasks and partitions there are, from the sizes of the user's topics. */
import { expect, test } from 'vitest'
import { planTasks } from '../../src/runtime/plan.ts'
import type { Graph, InternalTopic, SubTopology } from '../../src/topology/graph.ts'

type Size = InternalTopic['partitionsOf']

function subTopology(id: number, topics: readonly string[], joined: boolean): SubTopology {
  const sources = topics.map((topic) => ({ topic, node: 0, writers: null }))
  const copartitioned = joined ? [[...topics].sort()] : []
  return { id, name: topics[0]!, sources, nodes: [], stores: [], reentries: [], copartitioned }
}

function graph(subTopologies: readonly SubTopology[], repartitions: Readonly<Record<string, Size>>): Graph {
  const internal = Object.entries(repartitions).map(([name, partitionsOf]): InternalTopic => {
    return { name, kind: 'repartition', partitionsOf }
  })
  return { app: 'a', subTopologies, inputs: [], outputs: [], globalTables: [], internal, hash: '' }
}

const upstream = subTopology(0, ['users'], false)
const cases: Readonly<Record<string, [Graph, sizes: Record<string, number>, expected: Record<string, number>]>> = {
  'a repartition topic is as large as its writers are many': [
    graph([upstream, subTopology(1, ['r'], false)], { r: { subTopology: 0 } }),
    { users: 4 },
    { r: 4 },
  ],
  'one that is joined with a larger topic is as large as that': [
    graph([upstream, subTopology(1, ['r', 'orders'], true)], { r: { subTopology: 0 } }),
    { users: 4, orders: 6 },
    { r: 6 },
  ],
  'one that is joined with a smaller topic is as small as that': [
    graph([upstream, subTopology(1, ['r', 'orders'], true)], { r: { subTopology: 0 } }),
    { users: 8, orders: 3 },
    { r: 3 },
  ],
  'one that is joined with one of a given size takes it': [
    graph([upstream, subTopology(1, ['r', 's'], true)], { r: { subTopology: 0 }, s: { count: 2 } }),
    { users: 8 },
    { r: 2, s: 2 },
  ],
  'two that are joined are as large as the larger': [
    graph([upstream, subTopology(1, ['orders'], false), subTopology(2, ['r', 's'], true)], {
      r: { subTopology: 0 },
      s: { subTopology: 1 },
    }),
    { users: 4, orders: 6 },
    { r: 6, s: 6 },
  ],
  'what grew makes those behind it grow': [
    graph([upstream, subTopology(1, ['r', 'orders'], true), subTopology(2, ['s'], false)], {
      s: { subTopology: 1 },
      r: { subTopology: 0 },
    }),
    { users: 4, orders: 6 },
    { r: 6, s: 6 },
  ],
  'a given number stays': [
    graph([upstream, subTopology(1, ['r'], false)], { r: { count: 3 } }),
    { users: 4 },
    { r: 3 },
  ],
}

test.each(Object.entries(cases))('%s', (_, [built, sizes, expected]) => {
  const { partitions } = planTasks(built, new Map(Object.entries(sizes)))
  expect(Object.fromEntries([...partitions].filter(([name]) => name in expected))).toEqual(expected)
})

test.each([
  ['two topics of the user', {}, { r: 4, orders: 6 }],
  ['a repartition topic of a given size', { r: { count: 3 } }, { orders: 6 }],
] as const)('%s can not be joined with another of another size', (_, repartitions, sizes) => {
  const built = graph([upstream, subTopology(1, ['r', 'orders'], true)], repartitions)
  const known = new Map<string, number>([['users', 2], ...Object.entries(sizes)])
  expect(() => planTasks(built, known)).toThrow(expect.objectContaining({ code: 'MR2010' }))
})

test('repartition topics that feed each other in a circle have no size', () => {
  const built = graph([subTopology(0, ['s'], false), subTopology(1, ['r'], false)], {
    r: { subTopology: 0 },
    s: { subTopology: 1 },
  })
  expect(() => planTasks(built, new Map())).toThrow(expect.objectContaining({ code: 'MR4004' }))
})

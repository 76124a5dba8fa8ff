/** map, filter, branch, merge, and a repartition among them. */
import type { Operator } from '../case.ts'
import type { Draw } from '../draw.ts'
import type { Family } from '../family.ts'
import { drawKeys, drawRecords, inputOf } from '../records.ts'
import { keyless } from './pieces.ts'

type Grow = (draw: Draw, id: string, inputs: readonly string[]) => Operator

const grow: Readonly<Record<string, Grow>> = {
  map: (draw, id, inputs) => ({ op: 'map', id, of: draw.pick(inputs), suffix: draw.pick(['x', 'yz']) }),
  filter: (draw, id, inputs) => ({ op: 'filter', id, of: draw.pick(inputs), ...remainder(draw) }),
  branch: (draw, id, inputs) => {
    const { modulus, drops } = remainder(draw)
    return { op: 'branch', id, of: draw.pick(inputs), modulus, takes: drops }
  },
  merge: (draw, id, inputs) => ({ op: 'merge', id, inputs: [draw.pick(inputs), draw.pick(inputs)] }),
  keyBy: (draw, id, inputs) => ({ op: 'key-by', id, of: draw.pick(inputs), modulus: draw.integer(1, 4) }),
}

function remainder(draw: Draw): { readonly modulus: number; readonly drops: number } {
  const modulus = draw.integer(2, 4)
  return { modulus, drops: draw.integer(0, modulus - 1) }
}

/** Up to five operators behind two inputs, each behind any before it; all of them are looked at. */
function drawGraph(draw: Draw, kinds: readonly string[]): Operator[] {
  const operators: Operator[] = [keyless('one'), keyless('two')]
  const count = draw.integer(1, 5)
  for (let place = 0; place < count; place++) {
    const inputs = operators.map(({ id }) => id)
    operators.push(grow[draw.pick(kinds)]!(draw, `step${place}`, inputs))
  }
  const ends = operators.slice(-2).map(({ id }): Operator => ({ op: 'to', id: `to-${id}`, of: id, topic: `out-${id}` }))
  return [...operators, ...ends]
}

function family(name: string, kinds: readonly string[], comparison: Family['comparison']): Family {
  const draw = (from: Draw): ReturnType<Family['draw']> => {
    const keys = drawKeys(from)
    const inputs = ['one-topic', 'two-topic'].map((topic) => inputOf(topic, keys))
    const steps = drawRecords(from, inputs, { edges: [10], grid: null })
    return { operators: drawGraph(from, kinds), steps, stores: [] }
  }
  return { name, comparison, draw }
}

/** A record that reaches one merge on two ways: the DSL has no order of ways that Kafka Streams' could be compared with. */
export const statelessFamilies: readonly Family[] = [
  family('map-filter', ['map', 'filter'], 'list'),
  family('branch-merge', ['map', 'filter', 'branch', 'merge'], 'bag'),
  family('repartition', ['map', 'filter', 'branch', 'merge', 'keyBy'], 'bag'),
]

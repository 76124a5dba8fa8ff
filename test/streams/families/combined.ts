/** Operators without a clock behind each other, up to six: streams and tables that become one another. */
import type { Case, Operator } from '../case.ts'
import type { Draw } from '../draw.ts'
import type { Family } from '../family.ts'
import { drawKeys, drawRecords, inputOf } from '../records.ts'
import { stream, table } from './pieces.ts'

interface End {
  readonly id: string
  readonly kind: 'stream' | 'table'
}
interface Grown {
  readonly operator: Operator
  readonly kind: End['kind']
  /** What it reads. */
  readonly inputs: readonly End[]
}
type Grow = (draw: Draw, id: string, ends: readonly End[]) => Grown | null

function one(kind: End['kind'], make: (draw: Draw, id: string, of: string) => Operator, to: End['kind']): Grow {
  return (draw, id, ends) => {
    const fitting = ends.filter((end) => end.kind === kind)
    if (fitting.length === 0) return null
    const input = draw.pick(fitting)
    return { operator: make(draw, id, input.id), kind: to, inputs: [input] }
  }
}

type Make = (draw: Draw, id: string, left: string, right: string) => Operator

function two(kinds: readonly [End['kind'], End['kind']], make: Make, to: End['kind']): Grow {
  return (draw, id, ends) => {
    const lefts = ends.filter((end) => end.kind === kinds[0])
    const left = lefts.length === 0 ? null : draw.pick(lefts)
    const rights = ends.filter((end) => end.kind === kinds[1] && end !== left)
    if (left === null || rights.length === 0) return null
    const right = draw.pick(rights)
    return { operator: make(draw, id, left.id, right.id), kind: to, inputs: [left, right] }
  }
}

const map = (draw: Draw, id: string, of: string): Operator => ({ op: 'map', id, of, suffix: draw.pick(['x', 'yz']) })
const filter = (draw: Draw, id: string, of: string): Operator => ({
  ...{ op: 'filter', id, of, modulus: draw.integer(2, 3), drops: draw.integer(0, 1) },
})
/** No start: behind a count Kafka Streams takes the first sum's start for a row that was there, and takes it back. */
const fold = (_draw: Draw, id: string, of: string): Operator => ({ op: 'fold', id, of, fold: 'reduce' })
const groupFold = (draw: Draw, id: string, of: string): Operator => ({
  ...{ op: 'group-fold', id, of, fold: draw.pick(['count', 'reduce', 'append'] as const), modulus: draw.integer(1, 3) },
})
const lookup: Make = (draw, id, left, right) => ({
  ...{ op: 'table-lookup', id, left, right, join: draw.pick(['inner', 'left'] as const), grace: null },
})
const tableJoin: Make = (draw, id, left, right) => ({
  ...{ op: 'table-join', id, left, right, join: draw.pick(['inner', 'left', 'right', 'outer'] as const) },
})

const steps: readonly Grow[] = [
  one('stream', map, 'stream'),
  one('stream', filter, 'stream'),
  one('table', map, 'table'),
  one('stream', fold, 'table'),
  one('stream', (_draw, id, of) => ({ op: 'to-table', id, of }), 'table'),
  one('table', groupFold, 'table'),
  two(['stream', 'table'], lookup, 'stream'),
  two(['table', 'table'], tableJoin, 'table'),
]

/** Each step is read once: two ways of one record to one operator have no order that could be compared. */
function drawTree(draw: Draw): Operator[] {
  const sources = ['one', 'two', 'three', 'four'].slice(0, draw.integer(2, 4))
  const operators = sources.map((id) => (draw.once(2) ? stream(id) : table(id)))
  let ends: End[] = operators.map(({ id, op }) => ({ id, kind: op === 'stream' ? 'stream' : 'table' }))
  const count = draw.integer(2, 6)
  for (let place = 0; place < count; place++) {
    const grown = draw.pick(steps)(draw, `step${place}`, ends)
    if (grown === null) continue
    operators.push(grown.operator)
    ends = [...ends.filter((end) => !grown.inputs.includes(end)), { id: grown.operator.id, kind: grown.kind }]
  }
  return [...operators, ...ends.map(({ id }): Operator => ({ op: 'to', id: `to-${id}`, of: id, topic: `out-${id}` }))]
}

function drawCase(draw: Draw): Omit<Case, 'operator'> {
  const operators = drawTree(draw)
  const keys = drawKeys(draw)
  // A left join lets out a null key at once in Kafka Streams; Millrace's keyed streams refuse it at their source.
  const inputs = operators.flatMap((each) => {
    if (each.op !== 'stream' && each.op !== 'table') return []
    return [inputOf(each.topic, keys, each.op === 'stream' ? { nullKeys: null } : {})]
  })
  return { operators, steps: drawRecords(draw, inputs, { edges: [1, 5, 20], grid: null }), stores: [] }
}

export const combinedFamilies: readonly Family[] = [{ name: 'combined', comparison: 'bag', draw: drawCase }]

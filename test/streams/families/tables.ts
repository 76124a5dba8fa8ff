/** Joins with tables: of streams with plain, versioned and global ones, of tables with each other, by a foreign key. */
import type { Case, JoinKind, Operator } from '../case.ts'
import type { Draw } from '../draw.ts'
import type { Family, Held } from '../family.ts'
import { drawKeys, drawRecords, type Input, inputOf } from '../records.ts'
import { untilForgottenDeletion, whatWaited } from '../versions.ts'
import { stream, table, toOutput } from './pieces.ts'

const timing = { edges: [1, 5, 20], grid: null }
const farBack = 100_000
type LookupKind = 'inner' | 'left'

/** Kafka Streams joins a null key at once in a left join; Millrace's keyed streams refuse it at their source. */
function nullKeysOf(join: JoinKind): Partial<Input> {
  return join === 'inner' ? {} : { nullKeys: null }
}

function drawInputs(draw: Draw, left: Partial<Input> = {}): Input[] {
  const keys = drawKeys(draw)
  return [inputOf('left-topic', keys, left), inputOf('right-topic', keys)]
}

function plain(join: LookupKind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const made: Operator = { op: 'table-lookup', id: 'join', left: 'left', right: 'right', join, grace: null }
    const steps = drawRecords(from, drawInputs(from, nullKeysOf(join)), timing)
    return { operators: [stream('left'), table('right'), made, ...toOutput(from, 'join')], steps, stores: [] }
  }
  return { name: `stream-table-${join}`, comparison: 'list', draw }
}

/** With a short history only the table moves time: in Kafka Streams its own records alone decide what is too old. */
function versioned(join: LookupKind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const history = from.pick([from.integer(0, 30), farBack])
    const made: Operator = { op: 'table-lookup', id: 'join', left: 'left', right: 'right', join, grace: null }
    const right: Operator = { op: 'versioned-table', id: 'right', topic: 'right-topic', history }
    const edges = [1, 5, history % farBack]
    const steps = drawRecords(from, drawInputs(from, nullKeysOf(join)), { edges, grid: null })
    return { operators: [stream('left'), right, made, ...toOutput(from, 'join')], steps, stores: [] }
  }
  const isHeld: Held = ({ operators }) => {
    const short = operators.some((each) => each.op === 'versioned-table' && each.history < farBack)
    return ({ topic, key }) => key === null || (topic === 'left-topic' && short)
  }
  return { name: `stream-versioned-${join}`, comparison: 'list', isHeld, draw, expect: untilForgottenDeletion }
}

/** Records wait: only the stream moves time, since in Kafka Streams its records alone let go of those that wait. */
function waiting(join: LookupKind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const grace = from.pick([0, 1, from.integer(2, 10), from.integer(5, 40)])
    const made: Operator = { op: 'table-lookup', id: 'join', left: 'left', right: 'right', join, grace }
    const right: Operator = { op: 'versioned-table', id: 'right', topic: 'right-topic', history: farBack }
    const steps = drawRecords(from, drawInputs(from, nullKeysOf(join)), { edges: [1, 5, grace], grid: null })
    return { operators: [stream('left'), right, made, ...toOutput(from, 'join')], steps, stores: [] }
  }
  const isHeld: Held = () => (put) => put.topic === 'right-topic' || put.key === null || put.value === null
  return { name: `stream-versioned-grace-${join}`, comparison: 'list', isHeld, draw, expect: whatWaited }
}

function global(join: LookupKind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const modulus = from.integer(1, 4)
    const left: Operator = { op: 'stream', id: 'left', topic: 'left-topic', keyless: true }
    const right: Operator = { op: 'global-table', id: 'right', topic: 'right-topic' }
    const made: Operator = { op: 'global-lookup', id: 'join', left: 'left', right: 'right', join, modulus }
    const inputs = [inputOf('left-topic', drawKeys(from)), inputOf('right-topic', ['g0', 'g1', 'g2'])]
    return {
      operators: [left, right, made, ...toOutput(from, 'join')],
      steps: drawRecords(from, inputs, timing),
      stores: [],
    }
  }
  return { name: `stream-global-${join}`, comparison: 'list', draw }
}

function tables(join: JoinKind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const made: Operator = { op: 'table-join', id: 'join', left: 'left', right: 'right', join }
    const steps = drawRecords(from, drawInputs(from, { nullValues: 5 }), timing)
    return { operators: [table('left'), table('right'), made, ...toOutput(from, 'join')], steps, stores: [] }
  }
  return { name: `table-join-${join}`, comparison: 'list', draw }
}

/** Left values name a right row, one that never comes, or none. */
function foreignKey(join: LookupKind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const made: Operator = { op: 'foreign-key-join', id: 'join', left: 'left', right: 'right', join }
    const value: Input['value'] = (draw, index) =>
      draw.pick([1, 1, 1, 2, 2, 3, 4].map((right) => `v${index}|r${right}`))
    const named: Input['value'] = (draw, index) => (draw.once(8) ? `v${index}` : value(draw, index))
    const inputs = [
      inputOf('left-topic', drawKeys(from), { value: named, nullValues: 6 }),
      inputOf('right-topic', ['r1', 'r2', 'r3'], { nullValues: 4 }),
    ]
    const steps = drawRecords(from, inputs, timing)
    return {
      operators: [table('left'), table('right'), made, { op: 'to', id: 'to', of: 'join', topic: 'out' }],
      steps,
      stores: [],
    }
  }
  return { name: `foreign-key-${join}`, comparison: 'bag', draw }
}

/** Values and filters of tables: a row that a filter drops is deleted downstream. */
const mapFilter: Family = {
  name: 'table-map-filter',
  comparison: 'list',
  draw: (draw) => {
    const filter: Operator = { op: 'filter', id: 'kept', of: 'in', modulus: draw.integer(2, 3), drops: 0 }
    const map: Operator = { op: 'map', id: 'mapped', of: 'kept', suffix: 'x' }
    const steps = drawRecords(draw, [inputOf('in-topic', drawKeys(draw), { nullValues: 5 })], timing)
    const out: Operator = { op: 'to', id: 'to', of: 'mapped', topic: 'out' }
    return { operators: [table('in'), filter, map, out], steps, stores: [] }
  },
}

const lookups: readonly LookupKind[] = ['inner', 'left']
const joins: readonly JoinKind[] = ['inner', 'left', 'right', 'outer']

export const tableFamilies: readonly Family[] = [
  mapFilter,
  ...lookups.map(plain),
  ...lookups.map(versioned),
  ...lookups.map(waiting),
  ...lookups.map(global),
  ...joins.map(tables),
  ...lookups.map(foreignKey),
]

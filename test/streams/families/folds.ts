/** Folds without windows: of streams, of several streams, of tables by another key. */
import type { FoldKind, Operator, StoreToRead } from '../case.ts'
import type { Draw } from '../draw.ts'
import type { Family } from '../family.ts'
import { drawKeys, drawRecords, inputOf } from '../records.ts'
import { before, keyless, stream, table, toOutput } from './pieces.ts'

const timing = { edges: [1, 5, 20], grid: null }
const stores: readonly StoreToRead[] = [{ name: 'fold', kind: 'key-value' }]

function fold(kind: FoldKind): Family {
  const draw = (from: Draw): ReturnType<Family['draw']> => {
    const { operators, last } = before(from, 'in')
    const behind: Operator[] = from.once(2) ? [] : [{ op: 'key-by', id: 'by', of: last, modulus: from.integer(1, 4) }]
    const made: Operator = { op: 'fold', id: 'fold', of: behind[0]?.id ?? last, fold: kind }
    const steps = drawRecords(from, [inputOf('in-topic', drawKeys(from))], timing)
    const source = behind.length === 0 ? stream('in') : keyless('in')
    return { operators: [source, ...operators, ...behind, made, ...toOutput(from, 'fold')], steps, stores }
  }
  return { name: kind === 'append' ? 'aggregate' : kind, comparison: 'bag', draw }
}

function groupFold(kind: FoldKind): Family {
  const draw = (from: Draw): ReturnType<Family['draw']> => {
    const made: Operator = { op: 'group-fold', id: 'fold', of: 'in', fold: kind, modulus: from.integer(1, 3) }
    const steps = drawRecords(from, [inputOf('in-topic', drawKeys(from))], timing)
    return { operators: [table('in'), made, ...toOutput(from, 'fold')], steps, stores }
  }
  return { name: `table-${kind === 'append' ? 'aggregate' : kind}`, comparison: 'bag', draw }
}

const cogroup: Family = {
  name: 'cogroup',
  comparison: 'list',
  draw: (from) => {
    const inputs = ['one', 'two', 'three'].slice(0, from.integer(2, 3))
    const chains = inputs.map((input) => before(from, input))
    const made: Operator = { op: 'cogroup', id: 'fold', inputs: chains.map(({ last }) => last), windows: null }
    const keys = drawKeys(from)
    const read = inputs.map((input) => inputOf(`${input}-topic`, keys))
    const operators = [...inputs.map(stream), ...chains.flatMap((chain) => chain.operators)]
    const steps = drawRecords(from, read, timing)
    return { operators: [...operators, made, ...toOutput(from, 'fold')], steps, stores }
  },
}

export const foldFamilies: readonly Family[] = [
  fold('count'),
  fold('reduce'),
  fold('append'),
  groupFold('count'),
  groupFold('reduce'),
  groupFold('append'),
  cogroup,
]

/** Records that a handler throws for, after all other operators have seen them. */
import type { Topology } from '../../src/topology/topology.ts'
import type { Case, Operator } from '../streams/case.ts'
import { buildTopology } from '../streams/millrace/build.ts'
import { maybeText } from '../streams/millrace/made.ts'
import { falls } from '../streams/millrace/values.ts'
import { sink, step, word } from '../streams/millrace/words.ts'

const modulus = 5
const remainder = 0

/** The case with one more output behind each stream, whose handler throws for one value in five. */
export function rejecting(about: Case): Topology {
  const guard = (value: string | null): string | null => {
    if (falls(value, modulus, remainder)) throw new Error(`rejected ${value}`)
    return value
  }
  return buildTopology(about, (made) =>
    streamsOf(about).map(({ id }) =>
      sink(
        step(step(made.of(id), 'map', guard), 'to', word('topic', `guard-${id}`, { key: maybeText, value: maybeText })),
      ),
    ),
  )
}

/** The case in which no operator sees those records; they still move time. */
export function withoutRejected(about: Case): Case {
  const operators = about.operators.flatMap((operator): Operator[] => {
    if (operator.op !== 'stream') return [operator]
    const { id } = operator
    return [
      { ...operator, id: `${id}-all` },
      { op: 'filter', id, of: `${id}-all`, modulus, drops: remainder },
    ]
  })
  return { ...about, operators }
}

function streamsOf({ operators }: Case) {
  return operators.filter(({ op }) => op === 'stream')
}

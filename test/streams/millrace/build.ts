/** A case as a topology of Millrace, set as `semantics.md` 9 says: what Kafka Streams drops is skipped, no idle time. */
import { text } from '../../../src/serde/text.ts'
import { otherwise } from '../../../src/topology/branch.ts'
import type { SinkNode } from '../../../src/topology/nodes.ts'
import { type Topology, topology } from '../../../src/topology/topology.ts'
import type { Case, Operator, OperatorKind, OperatorOf } from '../case.ts'
import { joinByForeignKey, joinStreams, joinTables, lookUp, lookUpGlobally } from './joins.ts'
import { Made, maybeText } from './made.ts'
import { makeCogroup, makeFold, makeGroupFold, makeProcess } from './tables.ts'
import { falls, groupOf } from './values.ts'
import { makeWindowFold } from './windows.ts'
import { type Chain, sink, step, word } from './words.ts'

type Makers = { readonly [K in OperatorKind]: (operator: OperatorOf<K>, made: Made) => Chain }
type Value = string | null

const onFailure = [{ kind: 'skip' }]
const output = { key: maybeText, value: maybeText }

const makers: Makers = {
  stream: ({ topic, keyless = false }) => {
    const read = word('topic', topic, { key: keyless ? maybeText : text, value: maybeText })
    return word('from', read, { onFailure, idle: 'off', maxLead: 'off' })
  },
  table: ({ topic }) => word('from', word('table', topic, { value: text }), { onFailure, order: 'arrival' }),
  'versioned-table': ({ topic, history }) =>
    word('from', word('versionedTable', topic, { value: text, history: { milliseconds: history } }), { onFailure }),
  'global-table': ({ topic }) => word('globalTable', topic, { value: text }),
  map: ({ of, suffix }, made) => step(made.of(of), 'map', (value: Value) => (value === null ? null : value + suffix)),
  filter: ({ of, modulus, drops }, made) =>
    step(made.of(of), 'filter', (value: Value) => !falls(value, modulus, drops)),
  branch: ({ of, modulus, takes }, made) => {
    const others = (value: Value): boolean => !falls(value, modulus, takes)
    return step(made.of(of), 'branch', { others, taken: otherwise }).taken as unknown as Chain
  },
  merge: ({ inputs: [first = '', ...others] }, made) =>
    step(made.of(first), 'merge', ...others.map((input) => made.of(input))),
  'key-by': ({ id, of, modulus }, made) =>
    step(made.of(of), 'keyBy', id, (value: Value) => groupOf(value, modulus), { value: maybeText }),
  fold: makeFold,
  'window-fold': (operator, made) => makeWindowFold(made.of(operator.of), operator),
  cogroup: makeCogroup,
  'group-fold': makeGroupFold,
  'to-table': ({ id, of }, made) => step(made.of(of), 'toTable', id, { value: text, order: 'arrival' }),
  'stream-join': joinStreams,
  'table-lookup': lookUp,
  'global-lookup': lookUpGlobally,
  'table-join': joinTables,
  'foreign-key-join': joinByForeignKey,
  suppress: ({ id, of, wait }, made) => step(made.of(of), 'suppress', id, { for: { milliseconds: wait } }),
  process: makeProcess,
  to: ({ of, topic }, made) => step(made.of(of), 'to', word('topic', topic, output)),
}

/** What comes behind the operators of a case. */
export type MoreSinks = (made: Made) => readonly SinkNode[]

/** @throws MissingWord where the DSL has no word for an operator; whatever the DSL refuses */
export function buildTopology({ operators }: Pick<Case, 'operators'>, more: MoreSinks = () => []): Topology {
  const made = new Made()
  for (const operator of operators) made.set(operator.id, makerOf(operator)(operator, made))
  const sinks = operators.filter(({ op }) => op === 'to').map(({ id }) => sink(made.of(id)))
  return topology('peer', ...sinks, ...more(made))
}

function makerOf({ op }: Operator): (operator: Operator, made: Made) => Chain {
  return makers[op] as (operator: Operator, made: Made) => Chain
}

/** Joins of a case in the words of the DSL. */
import type { JoinKind, OperatorOf } from '../case.ts'
import type { Made } from './made.ts'
import { maybeText } from './made.ts'
import { foreignKeyOf, groupOf, pair } from './values.ts'
import { type Chain, step } from './words.ts'

const stepOf: Readonly<Record<JoinKind, string>> = {
  inner: 'join',
  left: 'leftJoin',
  right: 'rightJoin',
  outer: 'outerJoin',
}

export function joinStreams(operator: OperatorOf<'stream-join'>, made: Made): Chain {
  const { id, join, before, after, grace } = operator
  const lengths = { before: { milliseconds: before }, after: { milliseconds: after }, grace: { milliseconds: grace } }
  const serdes = { left: maybeText, right: maybeText }
  const words = [id, made.of(operator.right), pair, { ...lengths, ...serdes }]
  const joined = step(made.of(operator.left), stepOf[join], ...words)
  return join !== 'inner' && operator.emit === 'updates' ? step(joined, 'updates') : joined
}

export function lookUp({ id, left, right, join, grace }: OperatorOf<'table-lookup'>, made: Made): Chain {
  const waits = grace === null ? [] : [{ name: id, grace: { milliseconds: grace }, value: maybeText }]
  return step(made.of(left), stepOf[join], made.of(right), pair, ...waits)
}

export function lookUpGlobally({ left, right, join, modulus }: OperatorOf<'global-lookup'>, made: Made): Chain {
  const keyOf = (value: string): string => groupOf(value, modulus)
  return step(made.of(left), join === 'inner' ? 'innerLookup' : 'lookup', made.of(right), keyOf, pair)
}

export function joinTables({ left, right, join }: OperatorOf<'table-join'>, made: Made): Chain {
  return step(made.of(left), stepOf[join], made.of(right), pair)
}

export function joinByForeignKey({ id, left, right, join }: OperatorOf<'foreign-key-join'>, made: Made): Chain {
  const options = { tombstones: 'kafka-streams' }
  const name = join === 'inner' ? 'foreignKeyJoin' : 'leftForeignKeyJoin'
  return step(made.of(left), name, id, made.of(right), foreignKeyOf, pair, options)
}

/**
 * What may be demanded of what comes out of each kind of step, whatever happened to the workers: a table, with reasons.
 *
 * A task that reads the user's topics alone repeats itself exactly, whatever its steps: what it decided because of the
 * wall clock or an absence is in its progress topic, and the reference is given it. A task behind a repartition topic
 * reads the records of several writers as they happened to come; there the table counts.
 */
import type { AsyncPolicy } from '../../../policies/policy.ts'
import type { Node } from '../../../topology/nodes.ts'

/**
 * `rows`: the same rows, each as often. `last`: the same last row of each key. `keys`: each key as often.
 * `none`: nothing but what every log must show.
 */
export type Demand = 'rows' | 'last' | 'keys' | 'none'

export const strictestFirst: readonly Demand[] = ['rows', 'last', 'keys', 'none']

export interface Nature {
  readonly demand: Demand
  /** True where a record that comes too late changes what comes out: only demanded where none does. */
  readonly needsTime?: true
  /** True where a version of a table that comes too late does: then only keys are demanded. */
  readonly needsVersions?: true
  readonly why: string
}

const perRecord: Nature = { demand: 'rows', why: 'each record gives the same, whenever it comes' }
const tableRow: Nature = { demand: 'last', why: 'which updates come together differs, the last row does not' }
const foreignKey: Nature = { demand: 'last', why: 'answers to superseded requests are dropped, the last one stands' }

/** Behind a repartition topic. */
export const natures: Readonly<Record<Exclude<Node['kind'], 'aggregate'>, Nature>> = {
  source: perRecord,
  map: perRecord,
  filter: perRecord,
  'flat-map': perRecord,
  'map-key-value': perRecord,
  peek: perRecord,
  merge: perRecord,
  branch: perRecord,
  'branch-case': perRecord,
  repartition: perRecord,
  sink: perRecord,
  'cogroup-input': perRecord,
  late: { demand: 'rows', needsTime: true, why: 'what is late depends on who ran ahead' },
  lookup: { demand: 'rows', why: 'the table is whole before any worker begins; else see `isSettled`' },
  'stream-join': { demand: 'rows', needsTime: true, why: 'a pair is made while both rows are open, in whatever order' },
  pattern: { demand: 'rows', needsTime: true, why: 'records meet a pattern in the order of their times' },
  dedupe: { demand: 'keys', needsTime: true, why: 'one of several passes, whichever came first' },
  'table-lookup': { demand: 'none', why: 'the row beside a record is the one that had come by then' },
  'table-source': tableRow,
  'to-table': tableRow,
  'table-map': tableRow,
  'table-join': tableRow,
  regroup: tableRow,
  'table-aggregate': tableRow,
  top: tableRow,
  coalesce: { demand: 'last', why: 'one update per key and commit: commits differ' },
  suppress: { demand: 'last', needsTime: true, why: 'what is held back for a time is let go as time moves' },
  'foreign-key-left': foreignKey,
  'foreign-key-right': foreignKey,
  'foreign-key-result': foreignKey,
  process: { demand: 'none', why: 'user code sees the order of what comes' },
  'map-async': { demand: 'none', why: 'answers come from outside, and are not asked for again by a judge' },
}

const folds: Readonly<Record<Extract<Node, { kind: 'aggregate' }>['emit'], Nature>> = {
  final: { demand: 'rows', needsTime: true, why: 'a window speaks once, when no record of it can come any more' },
  updates: { demand: 'last', needsTime: true, why: 'sums in between depend on the order, the last one does not' },
  early: { demand: 'none', why: 'provisional rows come when they come' },
  'on-time': { demand: 'none', why: 'which records are in time depends on who ran ahead' },
}

/** Alone among steps that a replay of decisions repeats: what leaves them depends on where commits fell, or on answers. */
const evenAlone: ReadonlySet<Node['kind']> = new Set(['coalesce', 'suppress', 'map-async'])

/** Whether a record goes through may depend on when it is tried: a reference, which tries once, can't know. */
const dependsOnTheMoment: ReadonlySet<AsyncPolicy['kind']> = new Set([
  'retry',
  'retry-topics',
  'breaker',
  'park',
  'pause',
  'stop',
])

/** @example natureOf(node, false).demand // 'rows' */
export function natureOf(node: Node, isAlone: boolean): Nature {
  if (policiesOf(node).some(({ kind }) => dependsOnTheMoment.has(kind)))
    return { demand: 'none', why: 'its policies try records again, and what fails once may go through then' }
  if (isAlone && !evenAlone.has(node.kind)) return perRecord
  if (node.kind === 'suppress' && node.until === 'close') return folds.final
  if (waitsForVersions(node))
    return { demand: 'rows', needsTime: true, needsVersions: true, why: 'records wait for the versions of their time' }
  return node.kind === 'aggregate' ? folds[node.emit] : natures[node.kind]
}

/** A table that remembers its versions, or what is joined with one as of a time. */
function waitsForVersions(node: Node): boolean {
  if (node.kind === 'table-source' || node.kind === 'to-table') return node.history !== null
  return node.kind === 'table-lookup' && node.grace !== null && node.join === 'left'
}

/** @example policiesOf(node).map(({ kind }) => kind) // ['dead-letter'] */
export function policiesOf(node: Node): readonly AsyncPolicy[] {
  return ('onFailure' in node && (node.onFailure as readonly AsyncPolicy[] | undefined)) || []
}

/** The weaker of two. */
export function weaker(one: Demand, other: Demand): Demand {
  return strictestFirst.indexOf(one) > strictestFirst.indexOf(other) ? one : other
}

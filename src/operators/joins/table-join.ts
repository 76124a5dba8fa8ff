/** The current rows of two tables side by side (`semantics.md` 3.6). Keeps no rows: both tables have them. */
import type { Row } from '../../state/store.ts'
import type { JoinKind, TableJoinNode } from '../../topology/nodes/joins.ts'
import { emitDerived } from '../emission.ts'
import type { Forward, TableView } from '../operator.ts'
import { type Build, enter, type Site } from '../site.ts'
import { haveOneSource } from './one-source.ts'

const sides = { left: 0, right: 1 } as const
type Side = keyof typeof sides

/** Which sides a result can't be without; `any`: one of them is enough. */
const needed: Readonly<Record<JoinKind, readonly Side[] | 'any'>> = {
  inner: ['left', 'right'],
  left: ['left'],
  right: ['right'],
  outer: 'any',
}

/** The row of each side, undefined where there is none. */
type Pair = Readonly<Record<Side, Row | undefined>>

export const tableJoin: Build<TableJoinNode> = (site) => {
  const inputs = [change(site, 'left'), change(site, 'right')]
  const view: TableView = { get: (key) => rowOf(site, key, pairOf(site, key)) }
  return { receive: inputs[0]!, inputs, view, hold: 0 }
}

/** One side has changed: the result that follows from both, or a tombstone where one may be out. */
function change(site: Site<TableJoinNode>, side: Side): Forward {
  const other: Side = side === 'left' ? 'right' : 'left'
  return (key, value, time) => {
    const partner = site.view(sides[other]).get(key)
    const changed = value === null ? undefined : { key, value, time }
    const pair: Pair = side === 'left' ? { left: changed, right: partner } : { left: partner, right: changed }
    if (changed === undefined && !mayBeOut(site, side, key, partner)) return
    if (!isComplete(site.node.join, pair) && changed !== undefined) return
    emitDerived(site, key, resultOf(site, key, pair), Math.max(time, partner?.time ?? time), null)
  }
}

/**
 * A row of `side` is deleted: a result that needed it may be out. Where both tables come from one source the record in
 * hand may have deleted the partner too.
 */
function mayBeOut(site: Site<TableJoinNode>, side: Side, key: unknown, partner: Row | undefined): boolean {
  if (partner !== undefined) return true
  const had = site.view(sides[side]).hadRow?.(key) ?? true
  const needs = needed[site.node.join]
  const stoodAlone = needs === 'any' || needs.every((each) => each === side)
  if (stoodAlone || !haveOneSource(site.node)) return stoodAlone && had
  return had && (site.view(1 - sides[side]).hadRow?.(key) ?? true)
}

function isComplete(join: JoinKind, pair: Pair): boolean {
  const needs = needed[join]
  return needs === 'any' ? (pair.left ?? pair.right) !== undefined : needs.every((side) => pair[side] !== undefined)
}

/** Null where the join has no row. */
function resultOf({ node, index, environment }: Site<TableJoinNode>, key: unknown, pair: Pair): unknown {
  if (!isComplete(node.join, pair)) return null
  const { context } = environment
  enter(context, index, key, timeOf(pair), null)
  return node.joiner(pair.left?.value, pair.right?.value, context)
}

function rowOf(site: Site<TableJoinNode>, key: unknown, pair: Pair): Row | undefined {
  const value = resultOf(site, key, pair)
  return value === null ? undefined : { key, value, time: timeOf(pair) }
}

function pairOf({ view }: Site<TableJoinNode>, key: unknown): Pair {
  return { left: view(sides.left).get(key), right: view(sides.right).get(key) }
}

function timeOf({ left, right }: Pair): number {
  return Math.max(left?.time ?? -1, right?.time ?? -1)
}

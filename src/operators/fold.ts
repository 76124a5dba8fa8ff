/** One step of a fold, with or without windows. */
import { reject } from '../faults.ts'
import type { Row } from '../state/store.ts'
import type { AggregateNode } from '../topology/nodes.ts'
import type { MutableContext } from './operator.ts'

/**
 * The sum of a row with one more value in it.
 * @throws reject MR3002 when the fold returned nothing: state can't be undefined
 */
export function addTo(node: AggregateNode, row: Row | undefined, value: unknown, context: MutableContext): unknown {
  if (row === undefined && node.fold === 'reduce') return value
  const sum = node.add(row === undefined ? node.start() : row.value, value, context)
  if (sum === undefined) throw reject(`The fold ${node.store} returned undefined`, { code: 'MR3002' })
  return sum
}

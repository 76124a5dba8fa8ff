/** Where an operator stands: its node, what it may use, and who receives what it emits. */

import type { Window } from '../record.ts'
import type { GraphNode } from '../topology/graph.ts'
import type { Node } from '../topology/nodes.ts'
import type { Forward, MutableContext, Operator, OperatorEnvironment, TableView } from './operator.ts'

export interface Site<N extends Node = Node> {
  readonly node: N
  readonly graphNode: GraphNode
  /** `graphNode.index`: whom to blame when a handler throws. */
  readonly index: number
  readonly environment: OperatorEnvironment
  /** To all receivers, in the order written. */
  readonly forward: Forward
  /** To the receivers of late records; null where nobody asked for them. */
  readonly late: Forward | null
  /** To one receiver. */
  readonly receiver: (index: number) => { readonly node: Node; readonly receive: Forward }
  /** The table that an input is. Ask for it when a record comes, not before: inputs are built last. */
  readonly view: (input: number) => TableView
}

/** Makes a node run. */
export type Build<N extends Node> = (site: Site<N>) => Operator

/** What a handler is about to see, and who is to blame if it throws. Before every call: nested records overwrite it. */
export function enter(context: MutableContext, index: number, key: unknown, time: number, window: Window | null): void {
  context.node = index
  context.key = key
  context.time = time
  context.window = window
}

/** To several receivers in order; to one directly. */
export function fanOut(receivers: readonly Forward[]): Forward {
  if (receivers.length === 1) return receivers[0]!
  return (key, value, time, window) => {
    for (let at = 0; at < receivers.length; at++) receivers[at]!(key, value, time, window)
  }
}

/** An operator without time of its own. */
export function stateless(receive: Forward): Operator {
  return { receive, hold: 0 }
}

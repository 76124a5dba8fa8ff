/** What the families of steps find in `this`: they make a node, and from it the next stream or table. */
import type { Serde } from '../../serde/serde.ts'
import type { Node, SinkNode } from '../nodes.ts'

export interface StreamHost {
  readonly kind: 'stream'
  readonly node: Node
  /** Null where records of one key may be in several tasks. */
  readonly keySerde: Serde<unknown> | null
  /** The stream that a node makes; without a serde it is partitioned as this one. */
  makeStream(node: Node, keySerde?: Serde<unknown> | null): StreamHost
  makeTable(node: Node, keySerde: Serde<unknown>): TableHost
  /** A stream with the records that its node refused beside it; `also` are more methods of it. */
  makeLate(node: Node, keySerde?: Serde<unknown>, also?: object): StreamHost & { readonly late: StreamHost }
}

export interface TableHost {
  readonly kind: 'table'
  readonly node: Node
  readonly keySerde: Serde<unknown>
  readonly versioned: boolean
  makeStream(node: Node, keySerde?: Serde<unknown>): StreamHost
  makeTable(node: Node, keySerde?: Serde<unknown>): TableHost
  toStream(): StreamHost
  to(topic: never, options?: never): SinkNode
}

/** A family of steps: its functions become methods. */
export type TableSteps = Readonly<Record<string, (this: TableHost, ...args: never[]) => unknown>>

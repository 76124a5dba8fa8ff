/**
 * The nodes of the broker. They share one copy of every record, so "replicas" cannot differ unless a test asks for it;
 * what each has of its own is an address, a rack, and whether it answers.
 */

export interface Address {
  readonly host: string
  readonly port: number
}

/** running: answers · paused: accepts and never answers · killed: refuses and resets connections. */
export type NodeState = 'running' | 'paused' | 'killed'

export interface BrokerNode {
  /** From 1. */
  readonly id: number
  readonly rack: string | null
  /** Where clients find it; known once it listens. */
  address: Address
  state: NodeState
}

export class Nodes {
  readonly #nodes: readonly BrokerNode[]

  constructor(count: number) {
    this.#nodes = Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      rack: null,
      address: { host: '127.0.0.1', port: -1 },
      state: 'running',
    }))
  }

  all(): readonly BrokerNode[] {
    return this.#nodes
  }

  /** Those a client is told of: a paused node looks alive to the others. */
  alive(): BrokerNode[] {
    return this.#nodes.filter(({ state }) => state !== 'killed')
  }

  get(id: number): BrokerNode | undefined {
    return this.#nodes[id - 1]
  }

  /** The node that changes topics: the first that lives; -1 when none does. */
  get controller(): number {
    return this.alive()[0]?.id ?? -1
  }
}

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

/** What a node listens with. */
export interface Listener {
  readonly port: number
  /** Ends every connection. */
  close(): Promise<void>
  /** Ends every connection as the death of a process does: whoever is connected sees a reset. */
  reset(): Promise<void>
  /** Goes on with connections that were silent for a while. */
  wake(): void
}

export interface BrokerNode {
  /** From 1. */
  readonly id: number
  readonly rack: string | null
  /** Where clients find it; known once it listens. */
  address: Address
  /** Where it listens, also after it was killed. */
  port: number
  state: NodeState
  /** null while it does not listen. */
  listener: Listener | null
}

export class Nodes {
  readonly #nodes: readonly BrokerNode[]
  /** How often each link is cut: several may cut the same. */
  readonly #cuts: Map<string, number> = new Map()

  constructor(count: number, racks: readonly string[] = []) {
    this.#nodes = Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      rack: racks[index] ?? null,
      address: { host: '127.0.0.1', port: -1 },
      port: -1,
      state: 'running',
      listener: null,
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

  isAlive(id: number): boolean {
    const node = this.get(id)
    return node !== undefined && node.state !== 'killed'
  }

  /** @throws Error when there is no such node */
  require(id: number): BrokerNode {
    const node = this.get(id)
    if (node === undefined) throw new Error(`there is no node ${id}, only 1 to ${this.#nodes.length}`)
    return node
  }

  /** The node that changes topics: the first that lives; -1 when none does. */
  get controller(): number {
    return this.alive()[0]?.id ?? -1
  }

  /** Whether some client or node is silent, so that `isSilent` has to be asked. */
  get hasSilence(): boolean {
    return this.#cuts.size > 0 || this.#nodes.some(({ state }) => state === 'paused')
  }

  /** Whether nothing passes between a client and a node, in either direction. */
  isSilent(id: number, clientId: string): boolean {
    return this.get(id)?.state === 'paused' || this.#cuts.has(link(clientId, id))
  }

  /** Cuts one client from one node, until the function returned is called: what was sent meanwhile arrives then. */
  cut(clientId: string, id: number): () => void {
    const node = this.require(id)
    const name = link(clientId, id)
    this.#cuts.set(name, (this.#cuts.get(name) ?? 0) + 1)
    let isMended = false
    return () => {
      if (isMended) return
      isMended = true
      const left = this.#cuts.get(name)! - 1
      if (left > 0) this.#cuts.set(name, left)
      else {
        this.#cuts.delete(name)
        node.listener?.wake()
      }
    }
  }
}

function link(clientId: string, node: number): string {
  return `${node} ${clientId}`
}

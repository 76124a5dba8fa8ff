/** The connections of one node. */
import type { Broker } from '../broker.ts'
import { Connection } from './connection.ts'
import type { Wire } from './wire.ts'

export class Connections {
  readonly #broker: Broker
  readonly #node: number
  readonly #open: Set<Connection> = new Set()

  constructor(broker: Broker, node: number) {
    this.#broker = broker
    this.#node = node
  }

  accept(wire: Wire): void {
    const connection = new Connection(wire, this.#broker, this.#node)
    this.#open.add(connection)
    wire.on('close', () => this.#open.delete(connection))
  }

  close(): void {
    for (const connection of this.#open) connection.close()
  }

  reset(): void {
    for (const connection of this.#open) connection.reset()
  }

  wake(): void {
    for (const connection of this.#open) connection.wake()
  }
}

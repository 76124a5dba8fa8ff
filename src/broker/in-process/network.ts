/** Nodes and clients inside one process: no port is opened, and no timer or socket of the operating system is used. */
import type { Socket } from 'node:net'
import type { Broker } from '../broker.ts'
import { Connections } from '../network/connections.ts'
import type { Listener } from '../nodes.ts'
import type { SocketFactory } from './factory.ts'
import { InProcessSocket, systemError, type Weather } from './socket.ts'

/** The first node's port, when nobody asks for another; it is a name, nothing listens on it. */
const firstPort = 9092

export class InProcessNetwork {
  readonly #weather: Weather
  readonly #listening: Map<number, Connections> = new Map()

  constructor(weather: Weather) {
    this.#weather = weather
  }

  listen(broker: Broker, node: number, wanted: number): Listener {
    const port = wanted === 0 ? firstPort + node - 1 : wanted
    const connections = new Connections(broker, node)
    this.#listening.set(port, connections)
    const stop = async (endConnections: () => void): Promise<void> => {
      this.#listening.delete(port)
      endConnections()
    }
    return {
      port,
      close: () => stop(() => connections.close()),
      reset: () => stop(() => connections.reset()),
      wake: () => connections.wake(),
    }
  }

  readonly connect: SocketFactory = ({ host, port, onConnect }) => {
    const client = new InProcessSocket(this.#weather)
    this.#weather.clock.after(this.#weather.delay.minimum, () => {
      if (client.destroyed) return
      const connections = this.#listening.get(port)
      if (connections === undefined) {
        client.destroy(systemError('ECONNREFUSED', `nobody listens at ${host}:${port}`))
        return
      }
      const server = new InProcessSocket(this.#weather)
      client.join(server)
      connections.accept(server)
      onConnect()
      client.emit('connect')
    })
    // What users of a socket need of one is there; the rest of its many methods is not.
    return client as unknown as Socket
  }
}

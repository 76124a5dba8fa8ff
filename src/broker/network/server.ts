/** The listening socket of a node and its connections. */
import type { AddressInfo } from 'node:net'
import type { Broker } from '../broker.ts'
import type { Listener } from '../nodes.ts'
import { Connections } from './connections.ts'
import { type Sockets, socketsOf } from './tls.ts'

/** @throws Error `EADDRINUSE` and what else the operating system has against the address */
export async function listen(broker: Broker, node: number, host: string, port: number): Promise<Listener> {
  const connections = new Connections(broker, node)
  const sockets = socketsOf(broker.settings.tls, (wire) => connections.accept(wire))
  const { server } = sockets
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => stop(sockets, () => connections.close()),
    reset: () => stop(sockets, () => connections.reset()),
    wake: () => connections.wake(),
  }
}

function stop({ server, endUnready }: Sockets, endConnections: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    endConnections()
    endUnready()
  })
}

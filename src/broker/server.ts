/** The listening socket and its connections. */
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { Broker } from './broker.ts'
import { Connection } from './connection.ts'

export interface ListeningServer {
  readonly port: number
  /** Ends every connection. */
  close(): Promise<void>
}

/** @throws Error `EADDRINUSE` and what else the operating system has against the address */
export async function listen(broker: Broker, node: number, host: string, port: number): Promise<ListeningServer> {
  const connections = new Set<Connection>()
  const server = createServer((socket) => {
    const connection = new Connection(socket, broker, node)
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server, connections),
  }
}

function close(server: Server, connections: ReadonlySet<Connection>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const connection of connections) connection.close()
  })
}

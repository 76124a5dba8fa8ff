/** Listening sockets, with TLS where the broker was started with a certificate. */
import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket, TlsOptions } from 'node:tls'
import type { Wire } from './wire.ts'

/** Certificate and key, and whether clients have to show one of their own: as node:tls takes them. */
export type TlsSettings = Pick<
  TlsOptions,
  | 'key'
  | 'cert'
  | 'ca'
  | 'pfx'
  | 'passphrase'
  | 'ciphers'
  | 'minVersion'
  | 'maxVersion'
  | 'requestCert'
  | 'rejectUnauthorized'
>

export interface Sockets {
  readonly server: Server
  /** Ends connections that are still agreeing on their keys: nobody else knows of them. */
  endUnready(): void
}

/** A server whose connections are handed on when they can be spoken over. */
export function socketsOf(tls: TlsSettings | null, accept: (wire: Wire) => void): Sockets {
  if (tls === null) return { server: createServer(accept), endUnready: () => {} }
  const raw = new Map<number, Socket>()
  // Loaded here: it takes 5 MB, which a broker without TLS can do without.
  const { createServer: createTlsServer } = process.getBuiltinModule('node:tls')
  const server = createTlsServer(tls, (socket) => accept(resettable(socket, raw.get(socket.remotePort ?? -1))))
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? -1
    raw.set(port, socket)
    socket.on('close', () => {
      if (raw.get(port) === socket) raw.delete(port)
    })
  })
  // A client that cannot or will not agree on keys is gone; that is no mistake of ours.
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return {
    server,
    endUnready: () => {
      for (const socket of raw.values()) socket.destroy()
    },
  }
}

/** A TLS socket cannot be reset itself, only what carries it. */
function resettable(socket: TLSSocket, carrier: Socket | undefined): Wire {
  const resetAndDestroy = (): TLSSocket => {
    carrier?.resetAndDestroy()
    return socket.destroy()
  }
  return Object.assign(socket, { resetAndDestroy })
}

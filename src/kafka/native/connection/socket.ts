/** Where the bytes come from: TCP, TLS, or what the user's own factory makes. */
import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { CheckedConfig } from '../config.ts'
import type { Address } from './address.ts'
import { tlsOptions } from './tls.ts'

export interface SocketEvents {
  /** The bytes are valid until this returns. @returns nothing; it may throw nothing */
  bytes(chunk: Uint8Array): void
  /** The connection stands, TLS included. */
  connected(): void
}

const readBufferSize = 256 * 1024
const keepAliveMilliseconds = 60_000
/**
 * All connections of a thread read into one buffer, since what is in it is used up before anything else is read: on its
 * own each would hold as much as all of them, for nothing. Windows fills the buffer of a read that is still to be told.
 */
const sharedBuffer: Buffer | null = process.platform === 'win32' ? null : Buffer.allocUnsafeSlow(readBufferSize)

/** Begins to connect; what fails is an `error` or `close` of the socket. */
export function openSocket(
  address: Address,
  { tls, socketFactory }: Pick<CheckedConfig, 'tls' | 'socketFactory'>,
  events: SocketEvents,
): Socket {
  if (socketFactory === null && tls === null) return openTcp(address, events)
  const onConnect = (): void => events.connected()
  // kafkajs' type promises options to every factory, yet without TLS there are none: factories tell by that.
  const ssl = tls?.options as ConnectionOptions
  const socket =
    socketFactory === null
      ? connectTls(tlsOptions(address, tls!), onConnect).setNoDelay(true).setKeepAlive(true, keepAliveMilliseconds)
      : socketFactory({ ...address, ssl, onConnect })
  return socket.on('data', (chunk: Buffer) => events.bytes(chunk))
}

/** Plain TCP reads into one buffer for ever: no allocation a chunk. */
function openTcp(address: Address, events: SocketEvents): Socket {
  const buffer = sharedBuffer ?? Buffer.allocUnsafeSlow(readBufferSize)
  const callback = (length: number): boolean => {
    events.bytes(buffer.subarray(0, length))
    return true
  }
  const socket = connectTcp({
    ...address,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMilliseconds,
    onread: { buffer, callback },
  })
  return socket.on('connect', () => events.connected())
}

/** How clients connect to a broker inside their own process: the signature is that of kafkajs' `socketFactory`. */
import type { Socket } from 'node:net'

export interface SocketRequest {
  readonly host: string
  readonly port: number
  /** Nobody listens to what passes inside a process: not honoured. */
  readonly ssl?: unknown
  readonly onConnect: () => void
}

export type SocketFactory = (request: SocketRequest) => Socket

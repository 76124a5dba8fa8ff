/** A client of nothing but requests: what a test sends is what the broker gets. */
import { connect, type Socket } from 'node:net'
import { FrameReader } from '../../src/broker/network/frames.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { decodeResponse, encodeRequest } from '../../src/wire/codec.ts'
import type { Api, RequestInput, Response } from '../../src/wire/schema.ts'

interface Waiting {
  resolve(frame: Buffer): void
  reject(error: Error): void
}

export class WireClient {
  readonly #socket: Socket
  readonly #clientId: string
  readonly #waiting: Waiting[] = []
  #correlationId = 0
  readonly closed: Promise<void>

  /** `place`: an address, or a socket that is there. */
  constructor(place: string | Socket, clientId = 'test') {
    this.#clientId = clientId
    this.#socket = typeof place === 'string' ? dial(place) : place
    const frames = new FrameReader()
    this.#socket.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk) ?? []) this.#waiting.shift()?.resolve(frame)
    })
    this.#socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        for (const { reject } of this.#waiting) reject(new Error('connection closed'))
        resolve()
      })
    })
  }

  async send<A extends Api>(api: A, version: number, body: RequestInput<A>): Promise<Response<A>> {
    const header = { correlationId: ++this.#correlationId, clientId: this.#clientId }
    if (this.#socket.destroyed) throw new Error('connection closed')
    this.#socket.write(encodeRequest(api, version, header, body))
    return await this.receive(api, version)
  }

  /** The next answer that nobody waits for yet. */
  async receive<A extends Api>(api: A, version: number): Promise<Response<A>> {
    const frame = await new Promise<Buffer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
    return decodeResponse(api, version, frame).body
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  close(): void {
    this.#socket.destroy()
  }
}

function dial(address: string): Socket {
  const [host, port] = address.split(':')
  return connect(Number(port), host)
}

export interface BatchOptions {
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly transactional?: boolean
}

/** A batch of records with these values, a millisecond apart; `key=value` sets the key too. */
export function batchOf(values: readonly string[], options: BatchOptions = {}, time = 1_700_000_000_000): Buffer {
  const builder = new BatchBuilder()
  for (const value of values) {
    const [first, second] = value.split('=')
    builder.append(time + builder.count, second === undefined ? null : first!, second ?? value)
  }
  return builder.build(options)
}

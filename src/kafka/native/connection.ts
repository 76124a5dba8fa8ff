/** One TCP connection to a broker: requests go out at once, answers come back in the same order. */
import { connect, type Socket } from 'node:net'
import type { Clock, Timer } from '../../clock.ts'
import { decodeResponse, encodeRequestChunks } from '../../wire/codec.ts'
import type { Api, RequestInput, Response } from '../../wire/schema.ts'
import type { KafkaError } from '../port.ts'
import type { Address } from './config.ts'
import { lost, protocolReason, unsent } from './errors.ts'
import { FrameReader } from './frames.ts'
import { replyVersion } from './reply-version.ts'

export interface ConnectionOptions {
  readonly clientId: string
  readonly connectionTimeout: number
  readonly clock: Clock
}

interface Waiting {
  readonly api: Api
  readonly version: number
  readonly correlationId: number
  readonly timer: Timer
  resolve(response: unknown): void
  reject(error: KafkaError): void
}

const readBufferSize = 256 * 1024

export class Connection {
  readonly #socket: Socket
  readonly #clientId: string
  readonly #clock: Clock
  /** In the order sent. Brokers answer a connection in order, so the head is the one answered next. */
  #waiting: Waiting[] = []
  #correlationId = 0
  #closed = false

  constructor(address: Address, options: ConnectionOptions) {
    this.#clientId = options.clientId
    this.#clock = options.clock
    const reader = new FrameReader((frame) => this.#answer(frame))
    const buffer = Buffer.allocUnsafeSlow(readBufferSize)
    const read = (length: number) => {
      this.#guard(() => reader.push(buffer.subarray(0, length)))
      return true
    }
    this.#socket = connect({ ...address, noDelay: true, keepAlive: true, onread: { buffer, callback: read } })
    this.#socket.on('error', (error) => this.#fail('CONNECTION', error.message))
    this.#socket.on('close', () => this.#fail('CONNECTION', 'the connection was closed'))
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /**
   * A connection that stands.
   * @throws KafkaError `retriable` when there is none within the connection timeout
   */
  static async open(address: Address, options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(address, options)
    await connection.#established(options.connectionTimeout)
    return connection
  }

  /**
   * Sends a request and gives its answer.
   * @throws KafkaError `unknown-outcome` when the connection is lost or the time is over before the answer came
   */
  request<A extends Api>(api: A, version: number, body: RequestInput<A>, timeout: number): Promise<Response<A>> {
    if (this.#closed) return Promise.reject(unsent(api.name, 'the connection is closed'))
    const correlationId = this.#correlationId++ & 0x7fffffff
    const chunks = encodeRequestChunks(api, version, { correlationId, clientId: this.#clientId }, body)
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeout, () => this.#fail('TIMEOUT', `no answer within ${timeout} ms`))
      this.#waiting.push({ api, version, correlationId, timer, resolve: resolve as Waiting['resolve'], reject })
      this.#write(chunks)
    })
  }

  close(): void {
    this.#fail('CONNECTION', 'the connection was closed by the client')
  }

  #write(chunks: readonly Buffer[]): void {
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
  }

  #established(timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (why: string, cause?: unknown) => {
        timer.cancel()
        reject(unsent('connect', why, cause))
        this.close()
      }
      const timer = this.#clock.after(timeout, () => refuse(`no connection within ${timeout} ms`))
      this.#socket.once('error', (error: NodeJS.ErrnoException) => refuse(error.code ?? error.message, error))
      this.#socket.once('close', () => refuse('the connection was closed'))
      this.#socket.once('connect', () => {
        timer.cancel()
        resolve()
      })
    })
  }

  /** A reply that can't be read leaves the stream in a place nobody knows: the connection ends. */
  #guard(work: () => void): void {
    if (this.#closed) return
    try {
      work()
    } catch (error) {
      this.#fail('PROTOCOL', protocolReason(error))
    }
  }

  #answer(frame: Buffer): void {
    const waiting = this.#waiting[0]
    if (this.#closed) return
    if (waiting === undefined) throw new Error('an answer that nobody asked for')
    const { correlationId, body } = decodeResponse(
      waiting.api,
      replyVersion(waiting.api, waiting.version, frame),
      frame,
    )
    if (correlationId !== waiting.correlationId)
      throw new Error(`answer ${correlationId} instead of ${waiting.correlationId}`)
    this.#waiting.shift()
    waiting.timer.cancel()
    waiting.resolve(body)
  }

  /** Whatever was in flight may have been executed: nobody will ever know from here. */
  #fail(reason: 'CONNECTION' | 'TIMEOUT' | 'PROTOCOL', why: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.destroy()
    const waiting = this.#waiting
    this.#waiting = []
    for (const { api, timer, reject } of waiting) {
      timer.cancel()
      reject(lost(reason, api.name, why))
    }
  }
}

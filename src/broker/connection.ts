/**
 * One client connection. Requests are executed one at a time and answered in order: a long poll, or a JoinGroup that
 * waits, keeps back what is behind it, as in Kafka.
 */
import type { Socket } from 'node:net'
import { toError } from '../faults.ts'
import type { Broker } from './broker.ts'
import { type Answer, dispatch } from './dispatch.ts'
import { FrameReader } from './frames.ts'

/** Frames that may wait before the socket is no longer read. */
const longestQueue = 16

export class Connection {
  readonly #socket: Socket
  readonly #broker: Broker
  readonly #frames: FrameReader = new FrameReader()
  readonly #queue: Buffer[] = []
  readonly #closed: AbortController = new AbortController()
  readonly #host: string
  readonly #node: number
  #isBusy = false

  constructor(socket: Socket, broker: Broker, node: number) {
    this.#socket = socket
    this.#node = node
    this.#broker = broker
    this.#host = socket.remoteAddress ?? ''
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('close', () => this.close())
    // A reset by the client is its right; 'close' follows.
    socket.on('error', () => {})
  }

  close(): void {
    this.#closed.abort()
    this.#queue.length = 0
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    const frames = this.#frames.push(chunk)
    if (frames === null) {
      this.close()
      return
    }
    this.#queue.push(...frames)
    if (this.#queue.length >= longestQueue) this.#socket.pause()
    this.#work()
  }

  /** Executes what is queued until a request has to wait. */
  #work(): void {
    while (!this.#isBusy && !this.#closed.signal.aborted) {
      const frame = this.#queue.shift()
      if (frame === undefined) break
      this.#execute(frame)
    }
    if (this.#queue.length < longestQueue && this.#socket.isPaused()) this.#socket.resume()
  }

  #execute(frame: Buffer): void {
    try {
      const answer = dispatch(frame, this.#broker, { node: this.#node, host: this.#host, signal: this.#closed.signal })
      if (answer instanceof Promise) this.#wait(answer)
      else this.#send(answer)
    } catch (error) {
      this.#fail(error)
    }
  }

  #wait(answer: Promise<Answer>): void {
    this.#isBusy = true
    const goOn = (settled: Answer): void => {
      this.#isBusy = false
      this.#send(settled)
      this.#work()
    }
    answer.then(goOn).catch((error: unknown) => this.#fail(error))
  }

  /** A mistake of the broker: this client loses its connection, the others go on. */
  #fail(error: unknown): void {
    this.#broker.settings.onError(toError(error))
    this.close()
  }

  #send(answer: Answer): void {
    if (answer === 'close') this.close()
    if (typeof answer === 'string' || this.#socket.destroyed) return
    this.#socket.cork()
    for (const part of answer) this.#socket.write(part)
    this.#socket.uncork()
  }
}

/**
 * One client connection. Requests are executed one at a time and answered in order: a long poll, or a JoinGroup that
 * waits, keeps back what is behind it, as in Kafka.
 */
import type { Timer } from '../../clock.ts'
import { toError } from '../../faults.ts'
import { Produce } from '../../wire/apis/index.ts'
import { decodeRequestHeader } from '../../wire/codec.ts'
import type { Broker } from '../broker.ts'
import { type Answer, type Asker, dispatch } from '../dispatch.ts'
import { SaslGate } from '../sasl/gate.ts'
import { FrameReader, free } from './frames.ts'
import type { Wire } from './wire.ts'

/** Frames that may wait before the socket is no longer read. */
const longestQueue = 16

export class Connection {
  readonly #wire: Wire
  readonly #broker: Broker
  readonly #frames: FrameReader = new FrameReader()
  readonly #queue: Buffer[] = []
  readonly #closed: AbortController = new AbortController()
  readonly #asker: Asker
  /** null where nobody has to say who it is. */
  readonly #gate: SaslGate | null
  #isBusy = false
  /** An answer that was ready while nothing passed between client and node. */
  #kept: Answer | null = null
  /** Runs while the client is throttled. */
  #muted: Timer | null = null
  /** Name of the client as its first request told; undefined before. */
  #clientId: string | undefined

  constructor(wire: Wire, broker: Broker, node: number) {
    this.#wire = wire
    this.#broker = broker
    const mute = (milliseconds: number): void => this.#mute(milliseconds)
    this.#asker = { node, host: wire.remoteAddress ?? '', signal: this.#closed.signal, mute }
    this.#gate = broker.sasl === null ? null : new SaslGate(broker.sasl)
    wire.setNoDelay?.(true)
    wire.on('data', (chunk: Buffer) => this.#receive(chunk))
    wire.on('close', () => this.close())
    wire.on('drain', () => this.#work())
    // A reset by the client is its right; 'close' follows.
    wire.on('error', () => {})
  }

  close(): void {
    this.#forget()
    this.#wire.destroy()
  }

  /** The end that the other side sees when a process dies. */
  reset(): void {
    this.#forget()
    if (this.#wire.resetAndDestroy === undefined) this.#wire.destroy()
    else this.#wire.resetAndDestroy()
  }

  /** Goes on after a silence, if it is over. */
  wake(): void {
    if (this.#isSilent()) return
    const kept = this.#kept
    this.#kept = null
    if (kept !== null) this.#finish(kept)
    this.#work()
  }

  /** Ends the connection when all that was said has arrived. */
  #end(): void {
    this.#forget()
    this.#wire.end(() => this.#wire.destroy())
  }

  #forget(): void {
    this.#closed.abort()
    this.#muted?.cancel()
    this.#queue.length = 0
  }

  #receive(chunk: Buffer): void {
    const frames = this.#frames.push(chunk)
    if (frames === null) {
      this.close()
      return
    }
    this.#clientId ??= clientIdOf(frames[0])
    this.#queue.push(...frames)
    if (this.#queue.length >= longestQueue) this.#wire.pause()
    this.#work()
  }

  /** Executes what is queued until a request has to wait. Who does not read its answers gets no more of them. */
  #work(): void {
    while (this.#isFree() && !this.#wire.writableNeedDrain && !this.#isSilent()) {
      const frame = this.#queue.shift()
      if (frame === undefined) break
      this.#execute(frame)
    }
    if (this.#queue.length < longestQueue && this.#wire.isPaused()) this.#wire.resume()
  }

  #isFree(): boolean {
    return !this.#isBusy && this.#muted === null && !this.#closed.signal.aborted
  }

  /** Whether nothing passes between the client and the node. */
  #isSilent(): boolean {
    const { nodes } = this.#broker
    return nodes.hasSilence && nodes.isSilent(this.#asker.node, this.#clientId ?? '')
  }

  #execute(frame: Buffer): void {
    try {
      const answer = this.#gate?.admit(frame) ?? dispatch(frame, this.#broker, this.#asker)
      if (answer instanceof Promise) this.#wait(answer)
      else {
        this.#send(answer)
        // What was to be kept of the records has been copied, and nothing else of them is in the answer.
        if (isProduce(frame)) free(frame)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #wait(answer: Promise<Answer>): void {
    this.#isBusy = true
    const goOn = (settled: Answer): void => {
      if (this.#isSilent()) this.#kept = settled
      else this.#finish(settled)
    }
    answer.then(goOn).catch((error: unknown) => this.#fail(error))
  }

  #finish(answer: Answer): void {
    this.#isBusy = false
    this.#send(answer)
    this.#work()
  }

  /** Reads no further request for a while, as a broker does with a client that it throttles. */
  #mute(milliseconds: number): void {
    this.#muted?.cancel()
    this.#muted = this.#broker.timers.after(milliseconds, () => {
      this.#muted = null
      this.#work()
    })
  }

  /** A mistake of the broker: this client loses its connection, the others go on. */
  #fail(error: unknown): void {
    this.#broker.settings.onError(toError(error))
    this.close()
  }

  #send(answer: Answer): void {
    if (answer === 'close') this.close()
    if (typeof answer === 'string' || this.#wire.destroyed) return
    const isLast = 'last' in answer
    this.#wire.cork()
    for (const part of isLast ? answer.last : answer) this.#wire.write(part)
    this.#wire.uncork()
    if (isLast) this.#end()
  }
}

function isProduce(frame: Buffer): boolean {
  return frame.length >= 2 && frame.readInt16BE(0) === Produce.key
}

function clientIdOf(frame: Buffer | undefined): string | undefined {
  if (frame === undefined) return undefined
  try {
    return decodeRequestHeader(frame).clientId ?? ''
  } catch {
    // Not a request: whoever executes it closes the connection.
    return ''
  }
}

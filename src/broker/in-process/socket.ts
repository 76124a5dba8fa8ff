/**
 * One end of a connection inside the process: a stream that looks like a socket. What is written arrives at the other
 * end in pieces and later, as a network does it, by the clock and the randomness of the broker.
 */
import { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import { type Random, randomInteger } from '../../random.ts'

export interface Weather {
  readonly clock: Clock
  readonly random: Random
  /** Milliseconds that a piece takes. */
  readonly delay: { readonly minimum: number; readonly maximum: number }
}

type Done = (error?: Error | null) => void

const mostPieces = 3

export class InProcessSocket extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  readonly #weather: Weather
  #other: InProcessSocket | null = null

  constructor(weather: Weather) {
    // Either end may go on writing when the other has said all: who wants otherwise ends itself.
    super({ allowHalfOpen: false })
    this.#weather = weather
  }

  /** Joins two ends. */
  join(other: InProcessSocket): void {
    this.#other = other
    other.#other = this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: Done): void {
    this.#deliver(chunk, done)
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#deliver(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  override _final(done: Done): void {
    this.#later(() => {
      this.#other?.push(null)
      done()
    })
  }

  override _destroy(error: Error | null, done: Done): void {
    const other = this.#other
    this.#other = null
    if (other !== null) this.#later(() => other.#lose())
    done(error)
  }

  /** Ends the connection as the death of a process does. */
  resetAndDestroy(): this {
    const other = this.#other
    this.#other = null
    if (other !== null) this.#later(() => other.destroy(systemError('ECONNRESET', 'the connection was reset')))
    return this.destroy()
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  /** In up to three pieces, cut anywhere; each arrives after those before it. */
  #deliver(bytes: Buffer, done: Done): void {
    const { random } = this.#weather
    const cuts = Array.from({ length: randomInteger(random, 0, mostPieces - 1) }, () =>
      randomInteger(random, 0, bytes.length),
    )
    const ends = [...cuts.sort((one, other) => one - other), bytes.length]
    const send = (index: number, start: number): void => {
      const end = ends[index]
      if (end === undefined) {
        done()
        return
      }
      // Copied: the writer may use its buffer again.
      const piece = Buffer.from(bytes.subarray(start, end))
      this.#later(() => {
        if (piece.length > 0 && this.#other?.readable === true) this.#other.push(piece)
        send(index + 1, end)
      })
    }
    send(0, 0)
  }

  /** The other end is gone: what was read stays readable, then the stream ends. */
  #lose(): void {
    if (this.#other === null) return
    this.#other = null
    if (this.readable) this.push(null)
    if (!this.writableEnded) this.end()
  }

  #later(callback: () => void): void {
    const { clock, random, delay } = this.#weather
    clock.after(randomInteger(random, delay.minimum, delay.maximum), callback)
  }
}

/** An error as the operating system would give it. */
export function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}

/** One connection of a simulated process, over the weather of its network. What a client asks of a socket is there. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { FrameEnds } from './frames.ts'
import type { NetworkParts } from './parts.ts'
import type { Strike, Traps } from './traps.ts'
import { arrival, type Weather } from './weather.ts'

/** The network that a connection belongs to. */
interface Owner {
  readonly parts: NetworkParts
  readonly traps: Traps
  readonly weather: Weather
  forget(socket: ProcessSocket): void
}

interface Wanted {
  readonly host: string
  readonly port: number
  readonly onConnect: () => void
}

export class ProcessSocket extends EventEmitter {
  readonly #network: Owner
  readonly #far: Socket
  destroyed = false
  #silent = false
  /** Between cork and uncork: the parts of one request. */
  #corked: Buffer[] = []
  /** When the last piece of each way arrives: a stream keeps its order. */
  #lastOut = 0
  #lastIn = 0
  /** The APIs of the requests that are not answered yet; brokers answer in order. */
  readonly #asked: number[] = []
  #struck: Strike | null = null
  readonly #frames = new FrameEnds((length) => this.#frameEnded(length))

  constructor(network: Owner, { host, port, onConnect }: Wanted) {
    super()
    this.#network = network
    const { clock, dial } = network.parts
    this.#far = dial({ host, port, onConnect: () => this.#arrive(0, onConnect) })
    this.#far.on('data', (chunk: Buffer) => this.#receive(chunk))
    this.#far.on('error', (error) => clock.after(0, () => this.#fail(error)))
    this.#far.on('close', () => this.#arrive(0, () => this.#fail(null)))
  }

  cork(): void {
    this.#corked = []
  }

  write(chunk: Buffer): boolean {
    // Copied: whoever writes may use its memory again.
    this.#corked.push(Buffer.from(chunk))
    return true
  }

  uncork(): void {
    const request = this.#corked.length === 1 ? this.#corked[0]! : Buffer.concat(this.#corked)
    this.#corked = []
    if (this.destroyed || this.#network.parts.clock.isDead) return
    const api = request.readInt16BE(4)
    const strike = this.#network.traps.spring(api, 'before', request.length)
    if (strike === null) this.#send(api, request)
    else this.#strike(strike, request)
  }

  destroy(): this {
    if (this.destroyed) return this
    this.#end()
    this.#far.destroy()
    return this
  }

  /** The connection ends for both sides, as by a reset on the way. */
  reset(): void {
    this.#far.resetAndDestroy()
    this.#fail(resetError())
  }

  silence(): void {
    this.#silent = true
  }

  die(losesSent: boolean): void {
    if (this.destroyed) return
    this.destroyed = true
    const { wire } = this.#network.parts
    const end = (): void => void this.#far.resetAndDestroy()
    if (losesSent) end()
    else wire.after(Math.max(0, this.#lastOut - wire.monotonic()) + closingMilliseconds, end)
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  #send(api: number, request: Buffer): void {
    this.#asked.push(api)
    this.#put(request, 0)
    const strike = this.#network.traps.spring(api, 'sent', request.length)
    if (strike !== null) this.#strike(strike, null)
  }

  #strike(strike: Strike, unsent: Buffer | null): void {
    if (strike.kind === 'kill') this.#network.parts.kill()
    else if (strike.kind === 'reset') this.reset()
    else this.#part(strike.milliseconds, unsent)
  }

  /** Ends here, and a while later there, where the request arrives before that. */
  #part(milliseconds: number, unsent: Buffer | null): void {
    if (unsent !== null) this.#put(unsent, milliseconds)
    this.#fail(resetError())
    this.#network.parts.wire.after(milliseconds + closingMilliseconds, () => this.#far.destroy())
  }

  /** Sends bytes on their way. They arrive also when the sender has died meanwhile. */
  #put(bytes: Buffer, late: number): void {
    if (this.#silent) return
    const { wire, random } = this.#network.parts
    const now = wire.monotonic()
    const at = Math.max(this.#lastOut, arrival(this.#network.weather, 'out', bytes.length, { now, random }) + late)
    this.#lastOut = at
    if (at <= now) this.#far.write(bytes)
    else wire.after(at - now, () => this.#far.write(bytes))
  }

  #receive(chunk: Buffer): void {
    if (this.#silent || this.destroyed) return
    this.#arrive(chunk.length, () => {
      if (this.#silent || this.destroyed) return
      this.#frames.push(chunk)
      const strike = this.#struck
      this.#struck = null
      if (strike === null) this.emit('data', chunk)
      else this.#strike(strike, null)
    })
  }

  #frameEnded(length: number): void {
    const api = this.#asked.shift()
    if (api !== undefined) this.#struck ??= this.#network.traps.spring(api, 'answered', length)
  }

  #arrive(bytes: number, callback: () => void): void {
    const { clock, random } = this.#network.parts
    const now = clock.monotonic()
    const at = Math.max(this.#lastIn, arrival(this.#network.weather, 'in', bytes, { now, random }))
    this.#lastIn = at
    clock.after(at - now, callback)
  }

  #fail(error: Error | null): void {
    if (this.destroyed) return
    this.#end()
    if (error !== null) this.emit('error', error)
    this.emit('close')
  }

  #end(): void {
    this.destroyed = true
    this.#network.forget(this)
  }
}

/** Longer than what was sent last takes to arrive. */
const closingMilliseconds = 50

function resetError(): Error {
  return Object.assign(new Error('ECONNRESET: the connection was reset'), { code: 'ECONNRESET' })
}

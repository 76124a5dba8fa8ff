/** The network of one process: every connection it has, what disturbs them, and its end. */
import type { Socket } from 'node:net'
import type { Dial, NetworkParts } from './parts.ts'
import { ProcessSocket } from './process-socket.ts'
import { Traps } from './traps.ts'
import { fairWeather, type Weather } from './weather.ts'

export class ProcessNetwork {
  readonly parts: NetworkParts
  readonly traps = new Traps()
  weather: Weather = fairWeather()
  readonly #open: Set<ProcessSocket> = new Set()

  constructor(parts: NetworkParts) {
    this.parts = parts
  }

  readonly connect: Dial = (wanted) => {
    const socket = new ProcessSocket(this, wanted)
    this.#open.add(socket)
    // A client asks no more of a socket than what is there.
    return socket as unknown as Socket
  }

  get connections(): number {
    return this.#open.size
  }

  forget(socket: ProcessSocket): void {
    this.#open.delete(socket)
  }

  /** Resets one connection, drawn, or all. */
  reset(which: 'one' | 'all'): void {
    const all = [...this.#open]
    const drawn = all[Math.floor(this.parts.random.next() * all.length)]
    for (const socket of which === 'all' || drawn === undefined ? all : [drawn]) socket.reset()
  }

  /** From now on nothing passes on the connections there are, and nobody is told. */
  halfOpen(): void {
    for (const socket of this.#open) socket.silence()
  }

  /** One trait of the weather is fair again. */
  restore<Name extends keyof Weather>(name: Name, fair: Weather): void {
    this.weather[name] = fair[name]
  }

  heal(): void {
    this.weather = fairWeather()
    this.traps.clear()
  }

  /** The process is dead. What it had sent arrives, or is lost with it. */
  die(losesSent: boolean): void {
    for (const socket of this.#open) socket.die(losesSent)
    this.#open.clear()
  }
}

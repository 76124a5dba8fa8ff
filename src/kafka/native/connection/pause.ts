/** Silence on a connection: for a time that the broker asked for, or while something else must come first. */
import type { Clock, Timer } from '../../../clock.ts'

export class Pause {
  readonly #clock: Clock
  readonly #over: () => void
  #holds = 0
  #until = 0
  #timer: Timer | null = null

  /** @param over called whenever a silence has ended */
  constructor(clock: Clock, over: () => void) {
    this.#clock = clock
    this.#over = over
  }

  get isOn(): boolean {
    return this.#holds > 0 || this.#timer !== null
  }

  /** Until the function that it gives is called. */
  hold(): () => void {
    this.#holds++
    return () => {
      this.#holds--
      if (!this.isOn) this.#over()
    }
  }

  /** For so many milliseconds from now; several at a time end with the last. */
  for(milliseconds: number): void {
    const until = this.#clock.monotonic() + milliseconds
    if (until <= this.#until) return
    this.#until = until
    this.#timer?.cancel()
    this.#timer = this.#clock.after(milliseconds, () => {
      this.#timer = null
      if (!this.isOn) this.#over()
    })
  }

  /** Ends every silence without a word. */
  cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#holds = 0
  }
}

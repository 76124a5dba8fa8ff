/** Long work that lets others of the same thread have their turn. */
import { type Clock, turn } from '../../clock.ts'

const sliceMilliseconds = 10

export class Slices {
  private readonly clock: Clock
  private until: number

  constructor(clock: Clock) {
    this.clock = clock
    this.until = clock.monotonic() + sliceMilliseconds
  }

  get isOver(): boolean {
    return this.clock.monotonic() >= this.until
  }

  async turn(): Promise<void> {
    await turn(this.clock)
    this.until = this.clock.monotonic() + sliceMilliseconds
  }
}

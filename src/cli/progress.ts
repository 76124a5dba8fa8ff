/** A progress bar on stderr, where that is a terminal; else nothing at all. */
import { type Clock, systemClock } from '../clock.ts'

const width = 30
const redrawAfter = 100

export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #clock: Clock
  #drawnAt = Number.NEGATIVE_INFINITY
  #isDrawn = false

  constructor(stream: NodeJS.WriteStream = process.stderr, clock: Clock = systemClock) {
    this.#stream = stream
    this.#clock = clock
  }

  /** @param note stands behind the bar */
  update(done: number, total: number, note = ''): void {
    if (!this.#stream.isTTY) return
    const now = this.#clock.monotonic()
    if (now - this.#drawnAt < redrawAfter) return
    this.#drawnAt = now
    this.#isDrawn = true
    this.#stream.write(`\r\u001b[K${barOf(done, total)} ${note}`)
  }

  /** Takes it away again. */
  end(): void {
    if (this.#isDrawn) this.#stream.write('\r\u001b[K')
    this.#isDrawn = false
  }
}

/** @example barOf(1, 2) // '███████████████░░░░░░░░░░░░░░░  50 %' */
export function barOf(done: number, total: number): string {
  const share = total <= 0 ? 1 : Math.min(1, done / total)
  const filled = Math.floor(share * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`
}

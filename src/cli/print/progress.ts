/** How far something is: one line on stderr that is written over, where that is a terminal; else nothing at all. */
import { type Clock, systemClock } from '../../clock.ts'
import { formatDuration } from '../../duration.ts'
import { grouped } from './grouped.ts'

/** Of a stream no more is needed. */
interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const width = 24
const redrawAfter = 100

/** @example const progress = new Progress(); progress.update(10, 100); progress.end() */
export class Progress {
  readonly #terminal: Terminal
  readonly #clock: Clock
  #drawnAt = Number.NEGATIVE_INFINITY
  #isDrawn = false
  #first: { readonly at: number; readonly done: number } | null = null

  constructor(terminal: Terminal = process.stderr, clock: Clock = systemClock) {
    this.#terminal = terminal
    this.#clock = clock
  }

  update(done: number, total: number): void {
    if (this.#terminal.isTTY !== true) return
    const now = this.#clock.monotonic()
    this.#first ??= { at: now, done }
    if (now - this.#drawnAt < redrawAfter) return
    this.#drawnAt = now
    this.#isDrawn = true
    this.#terminal.write(`\r\u001b[K${progressText(done, total, this.#rate(done, now))}`)
  }

  /** Takes it away again: what comes next says how it ended. Twice does nothing. */
  end(): void {
    if (this.#isDrawn) this.#terminal.write('\r\u001b[K')
    this.#isDrawn = false
  }

  #rate(done: number, now: number): number {
    const { at, done: before } = this.#first!
    return now <= at ? 0 : ((done - before) / (now - at)) * 1_000
  }
}

/**
 * @param rate a second, 0: not known
 * @example progressText(1_000, 4_000, 100) // '██████░░░░░░░░░░░░░░░░░░ 1,000 of 4,000  25 %  100/s  30s left'
 */
export function progressText(done: number, total: number, rate: number): string {
  const share = total <= 0 ? 1 : Math.min(1, done / total)
  const filled = Math.floor(share * width)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`
  const text = `${bar} ${grouped(done)} of ${grouped(total)}  ${Math.floor(share * 100)} %`
  if (!(rate > 0)) return text
  return `${text}  ${rateText(rate)}  ${formatDuration(Math.ceil(Math.max(0, total - done) / rate) * 1_000)} left`
}

/** Slow ones by the minute or the hour: `0/s` says nothing. */
function rateText(rate: number): string {
  if (rate >= 1) return `${grouped(Math.round(rate))}/s`
  return rate * 60 >= 1 ? `${Math.round(rate * 60)}/m` : `${Math.round(rate * 3_600)}/h`
}

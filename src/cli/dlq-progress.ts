/** How far a redrive is, on a terminal: one line that is written over. Nothing where stderr is no terminal. */
import type { Clock } from '../clock.ts'
import { formatDuration } from '../duration.ts'
import type { RedriveProgress } from '../index.ts'
import { grouped } from './dlq-hand.ts'

interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const everyMilliseconds = 100
const width = 24

export interface ProgressLine {
  readonly show: (progress: RedriveProgress) => void
  /** Leaves the line. Twice does nothing. */
  end(): void
}

/** @example const progress = redriveProgress(systemClock, process.stderr) */
export function redriveProgress(clock: Clock, terminal: Terminal): ProgressLine {
  if (terminal.isTTY !== true) return { show: () => undefined, end: () => undefined }
  let [shown, first] = [Number.NEGATIVE_INFINITY, null as null | { readonly at: number; readonly moved: number }]
  let last: RedriveProgress | null = null
  const draw = (now: number): void => {
    shown = now
    if (last !== null) terminal.write(`\r\u001b[K${progressText(last, rateOf(first, last, now))}`)
  }
  return {
    show(progress) {
      const now = clock.monotonic()
      last = progress
      first ??= { at: now, moved: progress.moved }
      if (now - shown >= everyMilliseconds) draw(now)
    },
    end() {
      if (last === null) return
      draw(clock.monotonic())
      terminal.write('\n')
      last = null
    },
  }
}

/** @param rate letters a second, 0: not known yet */
export function progressText({ moved, selected }: Pick<RedriveProgress, 'moved' | 'selected'>, rate: number): string {
  const part = selected === 0 ? 1 : Math.min(1, moved / selected)
  const bar = '#'.repeat(Math.round(part * width)).padEnd(width, '.')
  const left =
    rate > 0 ? `  ${grouped(Math.round(rate))}/s  ${formatDuration(leftMilliseconds(moved, selected, rate))} left` : ''
  return `[${bar}] ${grouped(moved)} of ${grouped(selected)}  ${Math.floor(part * 100)} %${left}`
}

function leftMilliseconds(moved: number, selected: number, rate: number): number {
  return Math.ceil(Math.max(0, selected - moved) / rate) * 1_000
}

function rateOf(first: { at: number; moved: number } | null, last: RedriveProgress, now: number): number {
  return first === null || now <= first.at ? 0 : ((last.moved - first.moved) / (now - first.at)) * 1_000
}

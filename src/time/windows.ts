/** Time windows as data, and which windows a timestamp belongs to. */
import { type Duration, toMilliseconds } from '../clock.ts'
import { MillraceError } from '../faults.ts'

/** Windows of one size that start every `hop`; tumbling when both are equal. Milliseconds. */
export interface TimeWindows {
  readonly kind: 'tumbling' | 'hopping'
  readonly size: number
  readonly hop: number
  readonly offset: number
  readonly grace: number
}

export interface WindowOptions {
  /** How long after its end a window still takes late records; default none. */
  readonly grace?: Duration
  /** Shifts the starts, which are multiples of the hop counted from 1970. */
  readonly offset?: Duration
}

/**
 * Windows side by side: each record belongs to exactly one.
 * @example tumbling({ minutes: 1 }, { grace: { seconds: 10 } })
 * @throws MillraceError MR4003 when the size is not a positive whole number of milliseconds
 */
export function tumbling(size: Duration, options: WindowOptions = {}): TimeWindows {
  return timeWindows('tumbling', size, size, options)
}

/**
 * Windows that overlap: one starts every `every`, each lasts `size`.
 * @example hopping({ seconds: 10 }, { every: { seconds: 2 } })
 * @throws MillraceError MR4003 when size or hop is not positive, or the hop is longer than the size
 */
export function hopping(size: Duration, options: WindowOptions & { readonly every: Duration }): TimeWindows {
  return timeWindows('hopping', size, options.every, options)
}

function timeWindows(kind: TimeWindows['kind'], size: Duration, hop: Duration, options: WindowOptions): TimeWindows {
  const windows = {
    kind,
    size: toMilliseconds(size),
    hop: toMilliseconds(hop),
    offset: toMilliseconds(options.offset ?? {}),
    grace: toMilliseconds(options.grace ?? {}),
  }
  const lengths = [windows.size, windows.hop]
  if (!lengths.every((length) => Number.isSafeInteger(length) && length > 0) || windows.hop > windows.size) {
    throw new MillraceError('fatal', {
      code: 'MR4003',
      what: `A ${kind} window needs a positive size, and a hop that is not longer`,
      why: `size is ${windows.size} ms, hop is ${windows.hop} ms`,
      fix: `${kind === 'tumbling' ? 'tumbling({ minutes: 1 })' : 'hopping({ minutes: 10 }, { every: { minutes: 1 } })'}`,
    })
  }
  if (!(windows.grace >= 0) || !Number.isSafeInteger(windows.offset)) {
    throw new MillraceError('fatal', {
      code: 'MR4003',
      what: 'Grace must not be negative, and offset must be whole milliseconds',
    })
  }
  return Object.freeze(windows)
}

/** The first window start that holds `time`: the smallest multiple of the hop above `time - size`, never negative. */
export function firstStart({ size, hop, offset }: TimeWindows, time: number): number {
  const start = Math.floor((time - offset - size) / hop) * hop + hop + offset
  return start >= 0 ? start : start + Math.ceil(-start / hop) * hop
}

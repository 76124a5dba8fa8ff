/** When a window speaks before it closes. */
import { type Duration, toMilliseconds } from '../clock.ts'
import { MillraceError } from '../faults.ts'

export type Trigger =
  | { readonly kind: 'records'; readonly count: number }
  /** Milliseconds. */
  | { readonly kind: 'wall-clock' | 'event-time'; readonly every: number }
  | { readonly kind: 'change'; readonly when: (before: unknown, after: unknown) => boolean }

/**
 * After every `count` records of a window.
 * @example clicks.window(tumbling({ hours: 1 })).count('clicks').early(onRecords(100))
 * @throws MillraceError MR4003 when `count` is not a positive whole number
 */
export function onRecords(count: number): Trigger {
  if (!Number.isSafeInteger(count) || count < 1) refuse(`onRecords(${count})`, 'a positive whole number')
  return Object.freeze({ kind: 'records', count })
}

/**
 * Whenever so much wall clock has passed and the window has changed since. Each firing is a recorded decision.
 * @example onWallClock({ seconds: 10 })
 */
export function onWallClock(every: Duration): Trigger {
  return interval('wall-clock', every)
}

/**
 * Whenever the operator's time has passed a multiple of `every` and the window has changed since.
 * @example onEventTime({ minutes: 5 })
 */
export function onEventTime(every: Duration): Trigger {
  return interval('event-time', every)
}

/**
 * When the sum has changed in a way that matters; `before` is undefined for a new window.
 * @example onChange<number>((before = 0, after) => Math.floor(after / 100) > Math.floor(before / 100))
 */
export function onChange<S>(when: (before: S | undefined, after: S) => boolean): Trigger {
  return Object.freeze({ kind: 'change', when: when as (before: unknown, after: unknown) => boolean })
}

function interval(kind: 'wall-clock' | 'event-time', every: Duration): Trigger {
  const length = toMilliseconds(every)
  if (!Number.isSafeInteger(length) || length < 1) refuse(`every ${length} ms`, 'a positive duration')
  return Object.freeze({ kind, every: length })
}

function refuse(given: string, needed: string): never {
  throw new MillraceError('fatal', { code: 'MR4003', what: `A trigger needs ${needed}`, why: `it got ${given}` })
}

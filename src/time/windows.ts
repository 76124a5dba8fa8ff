/** Windows as data, and which windows a timestamp belongs to. */
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

/** Windows of one start that grow by `step` up to `size`. Milliseconds. */
export interface CumulateWindows {
  readonly kind: 'cumulate'
  readonly size: number
  readonly step: number
  readonly offset: number
  readonly grace: number
}

/** Windows anchored at records: any two of one window are at most `length` apart. Both ends inclusive. Milliseconds. */
export interface SlidingWindows {
  readonly kind: 'sliding'
  readonly length: number
  readonly grace: number
}

/** Records no more than `gap` apart. Both ends inclusive. Milliseconds. */
export interface SessionWindows {
  readonly kind: 'session'
  readonly gap: number
  readonly grace: number
}

/** `count` records of a key, a new window every `every` of them. Milliseconds. */
export interface CountWindows {
  readonly kind: 'count'
  readonly count: number
  readonly every: number
  /** Closes a window early, so long after its first record; null: never. */
  readonly timeout: number | null
}

/** One window per key that never closes. */
export interface GlobalWindows {
  readonly kind: 'global'
}

export type Windows = TimeWindows | CumulateWindows | SlidingWindows | SessionWindows | CountWindows | GlobalWindows

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

/**
 * Windows of one start that grow: after a minute, after two, … up to `size`, then they start anew.
 * @example cumulate({ days: 1 }, { step: { hours: 1 } })
 * @throws MillraceError MR4003 when size or step is not positive, or the size is not a whole number of steps
 */
export function cumulate(size: Duration, options: WindowOptions & { readonly step: Duration }): CumulateWindows {
  const lengths = { size: positive('size', size), step: positive('step', options.step) }
  if (lengths.size % lengths.step !== 0) {
    throw refused('A cumulate window needs a size that is a whole number of steps', {
      why: `size is ${lengths.size} ms, step is ${lengths.step} ms`,
      fix: 'cumulate({ hours: 1 }, { step: { minutes: 10 } })',
    })
  }
  return Object.freeze({ kind: 'cumulate', ...lengths, offset: offsetOf(options), grace: graceOf(options) })
}

/**
 * Windows anchored at records: whatever lies at most `length` apart meets in one. Both ends belong to it.
 * @example sliding({ minutes: 5 }, { grace: { seconds: 30 } })
 * @throws MillraceError MR4003 when the length is not a positive whole number of milliseconds
 */
export function sliding(length: Duration, options: Pick<WindowOptions, 'grace'> = {}): SlidingWindows {
  return Object.freeze({ kind: 'sliding', length: positive('length', length), grace: graceOf(options) })
}

/**
 * Windows of activity: a record belongs to a session when it lies at most `gap` from one of its records.
 * @example session({ hours: 6 })
 * @throws MillraceError MR4003 when the gap is not a positive whole number of milliseconds
 */
export function session(gap: Duration, options: Pick<WindowOptions, 'grace'> = {}): SessionWindows {
  return Object.freeze({ kind: 'session', gap: positive('gap', gap), grace: graceOf(options) })
}

/**
 * Windows of `count` records of a key, in the order in which they are taken. With `every` a new one starts after so many
 * records; a window that is not full after `timeout`, counted in event time from its first record, closes as it is.
 * @example countWindow(100, { every: 10, timeout: { minutes: 1 } })
 * @throws MillraceError MR4003 when a number is not positive and whole, or `every` is larger than the count
 */
export function countWindow(
  count: number,
  options: { readonly every?: number; readonly timeout?: Duration } = {},
): CountWindows {
  const { every = count, timeout } = options
  if (!isPositive(count) || !isPositive(every) || every > count) {
    throw refused('A count window needs a positive whole number of records, and starts at least as often', {
      why: `it has ${count} records, one starts every ${every}`,
      fix: 'countWindow(100, { every: 10 })',
    })
  }
  return Object.freeze({ kind: 'count', count, every, timeout: timeout ? positive('timeout', timeout) : null })
}

/**
 * One window per key, for ever. It has no final row: ask for `updates()` or `early(trigger)`.
 * @example clicks.window(globalWindow()).count('clicks').early(onRecords(100))
 */
export function globalWindow(): GlobalWindows {
  return Object.freeze({ kind: 'global' })
}

function timeWindows(kind: TimeWindows['kind'], size: Duration, hop: Duration, options: WindowOptions): TimeWindows {
  const lengths = { size: toMilliseconds(size), hop: toMilliseconds(hop) }
  if (!isPositive(lengths.size) || !isPositive(lengths.hop) || lengths.hop > lengths.size) {
    throw refused(`A ${kind} window needs a positive size, and a hop that is not longer`, {
      why: `size is ${lengths.size} ms, hop is ${lengths.hop} ms`,
      fix: kind === 'tumbling' ? 'tumbling({ minutes: 1 })' : 'hopping({ minutes: 10 }, { every: { minutes: 1 } })',
    })
  }
  return Object.freeze({ kind, ...lengths, offset: offsetOf(options), grace: graceOf(options) })
}

function positive(option: string, duration: Duration): number {
  const length = toMilliseconds(duration)
  if (isPositive(length)) return length
  throw refused(`The ${option} of a window must be a positive whole number of milliseconds`, {
    why: `it is ${length} ms`,
  })
}

function graceOf({ grace = {} }: WindowOptions): number {
  const length = toMilliseconds(grace)
  if (isGrace(length)) return length
  throw refused('Grace must be whole milliseconds, not negative', { why: `it is ${length} ms` })
}

function offsetOf({ offset = {} }: WindowOptions): number {
  const length = toMilliseconds(offset)
  if (Number.isSafeInteger(length)) return length
  throw refused('The offset of windows must be whole milliseconds', { why: `it is ${length} ms` })
}

function isGrace(length: number): boolean {
  return Number.isSafeInteger(length) && length >= 0
}

function isPositive(length: number): boolean {
  return Number.isSafeInteger(length) && length > 0
}

function refused(what: string, text: { readonly why: string; readonly fix?: string }): MillraceError {
  return new MillraceError('fatal', { code: 'MR4003', what, ...text })
}

/** Numbers by name: of windows that may have been made elsewhere nothing else is known. */
type Numbers = Readonly<Record<string, number>>

const isSoundTime = ({ size = 0, hop = 0, offset = 0.5, grace = -1 }: Numbers): boolean =>
  isPositive(size) && isPositive(hop) && hop <= size && Number.isSafeInteger(offset) && isGrace(grace)

const isSound: { readonly [K in Windows['kind']]: (windows: Numbers) => boolean } = {
  tumbling: isSoundTime,
  hopping: isSoundTime,
  cumulate: ({ size = 0, step = 0, ...rest }) => size % step === 0 && isSoundTime({ ...rest, size, hop: step }),
  sliding: ({ length = 0, grace = -1 }) => isPositive(length) && isGrace(grace),
  session: ({ gap = 0, grace = -1 }) => isPositive(gap) && isGrace(grace),
  count: ({ count = 0, every = 0, timeout = 0 }) =>
    isPositive(count) && isPositive(every) && every <= count && (timeout === null || isPositive(timeout)),
  global: () => true,
}

/** True for what the functions above make, wherever it was made. */
export function isWindows(given: unknown): given is Windows {
  if (typeof given !== 'object' || given === null || !('kind' in given)) return false
  const { kind } = given
  return typeof kind === 'string' && Object.hasOwn(isSound, kind) && isSound[kind as Windows['kind']](given as never)
}

/** The first window start that holds `time`: the smallest multiple of the hop above `time - size`, never negative. */
export function firstStart({ size, hop, offset }: TimeWindows, time: number): number {
  const start = Math.floor((time - offset - size) / hop) * hop + hop + offset
  return start >= 0 ? start : start + Math.ceil(-start / hop) * hop
}

/** Where the windows that hold `time` and have the same start begin; negative where there are none. */
export function cumulateStart({ size, offset }: CumulateWindows, time: number): number {
  return Math.floor((time - offset) / size) * size + offset
}

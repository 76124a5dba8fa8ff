/** The circuit breaker as a total table (`failures.md` 2.1): pure, its state plain data, its time given. */
import type { BreakerPolicy } from './policy.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** All that a breaker remembers. */
export interface BreakerCell {
  readonly state: BreakerState
  /** In a row, the one that opened it and those of probes included. */
  readonly failures: number
  /** Probes in a row that succeeded since it is half-open. */
  readonly successes: number
  /** How often it has opened: a call belongs to the number under which it began. */
  readonly openings: number
  /** Monotonic milliseconds; +Infinity: until an operator says otherwise. */
  readonly opensUntil: number
  /** While a probe is under way: when nobody waits for it any more, monotonic milliseconds. Else 0. */
  readonly probesUntil: number
}

/** What policies ask about a breaker when a record failed. The outcome of the record's own attempt counts already. */
export interface BreakerView {
  readonly isClosed: boolean
  /** Failures of kind `retry` since the last success. */
  readonly failuresInARow: number
}

/** `begin` is asked before each call; `cooled` when `opensUntil` has come; the last three come from an operator. */
export type BreakerEvent = 'success' | 'failure' | 'cooled' | 'begin' | 'force-open' | 'force-close' | 'force-probe'

export type BreakerValues = Pick<BreakerPolicy, 'opensAfter' | 'coolsFor' | 'closesAfter'>

/** A call that may begin. */
export interface Permit {
  readonly openings: number
  /** 0: no probe. */
  readonly probesUntil: number
}

/** How a call ended. `nothing`: it was rejected, or nobody waits for it any more. */
export type Outcome = 'success' | 'failure' | 'nothing'

export const closedBreaker: BreakerCell = {
  state: 'closed',
  failures: 0,
  successes: 0,
  openings: 0,
  opensUntil: 0,
  probesUntil: 0,
}

type Step = (cell: BreakerCell, values: BreakerValues, now: number, patience: number) => BreakerCell

const stay: Step = (cell) => cell

function open(cell: BreakerCell, { coolsFor }: BreakerValues, now: number): BreakerCell {
  return { ...cell, state: 'open', successes: 0, openings: cell.openings + 1, opensUntil: now + coolsFor }
}

const openForGood: Step = (cell, values, now) => ({
  ...(cell.state === 'open' ? cell : open(cell, values, now)),
  opensUntil: Number.POSITIVE_INFINITY,
})

const close: Step = (cell) => ({ ...cell, state: 'closed', failures: 0, successes: 0, opensUntil: 0 })

const halfOpen: Step = (cell) => ({ ...cell, state: 'half-open', successes: 0, opensUntil: 0 })

const countFailure: Step = (cell, values, now) => {
  const counted = { ...cell, failures: cell.failures + 1 }
  return counted.failures < values.opensAfter ? counted : open(counted, values, now)
}

const countProbe: Step = (cell, values, now) => {
  const counted = { ...cell, successes: cell.successes + 1 }
  return counted.successes < values.closesAfter ? counted : close(counted, values, now, 0)
}

/** Every state, every event. */
const steps: Readonly<Record<BreakerState, Readonly<Record<BreakerEvent, Step>>>> = {
  closed: {
    success: (cell) => (cell.failures === 0 ? cell : { ...cell, failures: 0 }),
    failure: countFailure,
    cooled: stay,
    begin: stay,
    'force-open': openForGood,
    'force-close': (cell) => ({ ...cell, failures: 0 }),
    'force-probe': stay,
  },
  open: {
    success: stay,
    failure: stay,
    cooled: halfOpen,
    begin: stay,
    'force-open': openForGood,
    'force-close': close,
    'force-probe': halfOpen,
  },
  'half-open': {
    success: countProbe,
    failure: (cell, values, now) => open({ ...cell, failures: cell.failures + 1 }, values, now),
    cooled: stay,
    begin: (cell, _values, now, patience) => ({ ...cell, probesUntil: now + patience }),
    'force-open': openForGood,
    'force-close': close,
    'force-probe': stay,
  },
}

/**
 * The cell after an event.
 * @param now monotonic milliseconds
 * @param patience of a call that begins: milliseconds after which nobody waits for it
 * @example step(closedBreaker, 'failure', { opensAfter: 1, coolsFor: 30_000, closesAfter: 3 }, 0).state // 'open'
 */
export function step(
  cell: BreakerCell,
  event: BreakerEvent,
  values: BreakerValues,
  now: number,
  patience = 0,
): BreakerCell {
  return steps[cell.state][event](cell, values, now, patience)
}

/** The cell at this time: what has cooled is half-open. */
export function look(cell: BreakerCell, values: BreakerValues, now: number): BreakerCell {
  return cell.state === 'open' && now >= cell.opensUntil ? step(cell, 'cooled', values, now) : cell
}

/** True when a call could begin, in a cell that was looked at. */
export function mayBegin({ state, probesUntil }: BreakerCell, now: number): boolean {
  return state === 'closed' || (state === 'half-open' && now >= probesUntil)
}

/**
 * Asks for a call: while it is open there is none, half-open one at a time.
 * @param patience milliseconds after which nobody waits for the call
 * @returns the cell, and the permit to give back with `end`; null where no call may begin
 */
export function begin(
  cell: BreakerCell,
  values: BreakerValues,
  now: number,
  patience: number,
): { readonly cell: BreakerCell; readonly permit: Permit | null } {
  const before = look(cell, values, now)
  if (!mayBegin(before, now)) return { cell: before, permit: null }
  const after = step(before, 'begin', values, now, patience)
  const { openings, state, probesUntil } = after
  return { cell: after, permit: { openings, probesUntil: state === 'half-open' ? probesUntil : 0 } }
}

/** A call has ended. One that began before the last opening, or a probe that nobody waited for, counts for nothing. */
export function end(
  cell: BreakerCell,
  permit: Permit,
  outcome: Outcome,
  values: BreakerValues,
  now: number,
): BreakerCell {
  const isProbe = permit.probesUntil > 0
  if (isProbe && permit.probesUntil !== cell.probesUntil) return cell
  const free = isProbe ? { ...cell, probesUntil: 0 } : cell
  if (outcome === 'nothing' || permit.openings !== cell.openings) return free
  return step(free, outcome, values, now)
}

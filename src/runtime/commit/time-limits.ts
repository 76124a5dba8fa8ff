/** Which times a topic takes. Kafka refuses a whole batch for one record outside (KIP-937); since 4.0 an hour ahead is too far. */
import { MillraceError } from '../../faults.ts'

/** Milliseconds behind and ahead of the wall clock. */
export interface TimeLimits {
  readonly before: number
  readonly after: number
}

/** What topics of ours take: event times as they are. */
export const anyTime: Readonly<Record<string, string>> = {
  'message.timestamp.before.max.ms': String(2n ** 63n - 1n),
  'message.timestamp.after.max.ms': String(2n ** 63n - 1n),
}

/** The broker's clock is not ours: so much of a limit, or a tenth of it, is left. Milliseconds. */
const clockMargin = 60_000

/**
 * The limits of topics that have some, by name.
 * @example timeLimitsIn(new Map([['out', { 'message.timestamp.after.max.ms': '3600000' }]])) // out: an hour, less a minute
 */
export function timeLimitsIn(
  configs: ReadonlyMap<string, Readonly<Record<string, string | null>>>,
): Map<string, TimeLimits> {
  const limits = new Map<string, TimeLimits>()
  for (const [name, config] of configs) {
    if (config['message.timestamp.type'] === 'LogAppendTime') continue
    const before = limitOf(config['message.timestamp.before.max.ms'])
    const after = limitOf(config['message.timestamp.after.max.ms'])
    if (before < Number.POSITIVE_INFINITY || after < Number.POSITIVE_INFINITY) limits.set(name, { before, after })
  }
  return limits
}

function limitOf(text: string | null | undefined): number {
  const limit = Number(text ?? Number.POSITIVE_INFINITY)
  return limit > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : limit - Math.min(limit / 10, clockMargin)
}

/** Asked for every record that is written, so the clock is not. */
export class TimeGate {
  private readonly limits: TimeLimits
  private readonly now: () => number
  /** Up to here a time is near enough, as of the last look at the clock. */
  private nearUntil = Number.NEGATIVE_INFINITY

  constructor(limits: TimeLimits, now: () => number) {
    this.limits = limits
    this.now = now
  }

  /** @throws reject MR3011 for a time that the topic would refuse */
  check(topic: string, time: number): void {
    const { before, after } = this.limits
    if (time <= this.nearUntil && before === Number.POSITIVE_INFINITY) return
    const now = this.now()
    this.nearUntil = now + after
    if (time <= this.nearUntil && time >= now - before) return
    throw refusal(topic, time)
  }
}

function refusal(topic: string, time: number): MillraceError {
  return new MillraceError('reject', {
    code: 'MR3011',
    what: `${topic} takes no record of the time ${new Date(time).toISOString()}`,
    why: 'message.timestamp.before.max.ms and message.timestamp.after.max.ms of the topic say how far it may be from now',
    fix: 'raise them, if event times are to be kept, or lower maxLead of the source',
  })
}

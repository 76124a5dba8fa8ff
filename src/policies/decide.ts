/** The decision of a list of policies for one failed attempt (`failures.md` 1 and 2). Pure: whoever asks carries it out. */
import { findFault } from '../faults.ts'
import type { Random } from '../random.ts'
import type { BreakerView } from './breaker-machine.ts'
import { deadLetter } from './dead-letter.ts'
import type {
  AsyncPolicy,
  BreakerPolicy,
  DeadLetterPolicy,
  FinalPolicy,
  ParkPolicy,
  RetryPolicy,
  RetryTopicsPolicy,
} from './policy.ts'
import { retry } from './retry.ts'

/** What is known when the policies are asked. */
export interface FailedAttempt {
  readonly error: unknown
  /** `retry`: may work later; `reject`: this record is bad. */
  readonly kind: 'retry' | 'reject'
  /** Failed attempts at the record since this owner read it, this one included. */
  readonly attempts: number
  /** Wall time of the first of them, milliseconds. */
  readonly firstFailedAt: number
  /** Wall time, milliseconds. */
  readonly now: number
  /** Retry topics that it has been through. */
  readonly hops: number
  /** `keyless` can't be parked; a `row` that no single record caused can only end, and has no source key to be parked by. */
  readonly subject: 'record' | 'keyless' | 'row'
}

/** What the runtime carries out for one failed record. */
export type Decision =
  /** It is held where it is and tried again at that wall time. */
  | { readonly kind: 'again'; readonly at: number }
  /** It is held until the breaker lets an attempt through. */
  | { readonly kind: 'hold'; readonly breaker: string }
  | { readonly kind: 'retry-topic'; readonly name: string; readonly delay: number }
  | DeadLetterPolicy
  | ParkPolicy
  | { readonly kind: 'skip' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'stop' }

export interface DecisionPorts {
  /** Draws the waits. */
  readonly random: Random
  /** How a breaker stands, the failed attempt counted already. */
  breaker(name: string): BreakerView
  /** Of the records: the dead-letter queue where the list names none. */
  readonly source: string
}

/** Beyond that a doubled wait is infinite anyway. */
const mostDoublings = 52

/**
 * The first policy of the list that has an answer. An empty list is `[retry({ times: 3 }), deadLetter(source)]`; one without
 * a final policy ends in a dead letter named after the source.
 * @example decide([retry({ times: 3 }), stop()], attempt, ports) // { kind: 'again', at: … }
 */
export function decide(policies: readonly AsyncPolicy[], attempt: FailedAttempt, ports: DecisionPorts): Decision {
  const list = policies.length === 0 ? [retry({ times: 3 })] : policies
  const refusing = wasRefused(attempt.error) ? list.find((policy) => policy.kind === 'breaker') : undefined
  // However it stands by now: no attempt was made, so nothing is known against the record.
  if (refusing?.whileOpen === 'pause' && attempt.subject !== 'row') return { kind: 'hold', breaker: refusing.name }
  // What stands before the breaker has nothing to say then either.
  const asked = refusing === undefined ? list : list.slice(list.indexOf(refusing) + 1)
  // Attempts that an earlier retry has used up count for no later one.
  let spent = 0
  for (const policy of asked) {
    const decision = answerOf(policy, attempt, spent, ports)
    if (decision !== null) return decision
    if (policy.kind === 'retry') spent += policy.times
  }
  return deadLetter(ports.source)
}

/** An open breaker did not let the call through. */
export function wasRefused(error: unknown): boolean {
  return findFault(error)?.code === 'MR4301'
}

/** Null where the next policy is to be asked. */
function answerOf(policy: AsyncPolicy, attempt: FailedAttempt, spent: number, ports: DecisionPorts): Decision | null {
  switch (policy.kind) {
    case 'retry':
      return mayWait(attempt) ? retried(policy, attempt, spent, ports.random) : null
    case 'retry-topics':
      return mayWait(attempt) ? movedOn(policy, attempt.hops) : null
    case 'breaker':
      return mayWait(attempt) ? heldBy(policy, ports.breaker(policy.name)) : null
    default:
      return ended(policy, attempt.subject)
  }
}

/** A bad record is no better later, and a row has nowhere to wait. */
function mayWait({ kind, subject }: FailedAttempt): boolean {
  return kind === 'retry' && subject !== 'row'
}

function retried(policy: RetryPolicy, attempt: FailedAttempt, spent: number, random: Random): Decision | null {
  const { times, backoff, budget, when } = policy
  const { error, now, firstFailedAt } = attempt
  const retries = attempt.attempts - spent
  if (retries > times || !isMeant(when, error)) return null
  const [first, longest] = backoff
  const ceiling = Math.min(longest, first * 2 ** Math.min(retries - 1, mostDoublings))
  const wait = Math.max(Math.round(random.next() * ceiling), findFault(error)?.retryAfter ?? 0)
  // The wall clock may have gone back since.
  return Math.max(0, now - firstFailedAt) + wait > budget ? null : { kind: 'again', at: now + wait }
}

/** Asked of an error that it chokes on, `when` says nothing for it; the worker must not stop for that. */
function isMeant(when: RetryPolicy['when'], error: unknown): boolean {
  try {
    return when?.(error) !== false
  } catch {
    return false
  }
}

function movedOn({ name, delays }: RetryTopicsPolicy, hops: number): Decision | null {
  const delay = delays[hops]
  return delay === undefined ? null : { kind: 'retry-topic', name, delay }
}

/**
 * While others fail too it is the neighbour who is suspect, not the record: also before the breaker opens none is given up.
 */
function heldBy({ name, whileOpen }: BreakerPolicy, { isClosed, failuresInARow }: BreakerView): Decision | null {
  if (whileOpen === 'fail' || (isClosed && failuresInARow < 2)) return null
  return { kind: 'hold', breaker: name }
}

function ended(policy: FinalPolicy, subject: FailedAttempt['subject']): Decision | null {
  return policy.kind === 'park' && subject !== 'record' ? null : policy
}

/** The decision of a list of policies for one failed attempt (`failures.md` 1 and 2). */
import type { AsyncPolicy, DeadLetterPolicy, FinalPolicy, ParkPolicy } from './policy.ts'

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
  /** `keyless` can't be parked; a `row` that no single record caused can only end. */
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

/** A list without a final policy ends in a dead letter named after the source. */
export function decide(policies: readonly AsyncPolicy[], source: string): Decision {
  return policies.find(isFinal) ?? { kind: 'dead-letter', name: source }
}

function isFinal(policy: AsyncPolicy): policy is FinalPolicy {
  return policy.kind !== 'retry' && policy.kind !== 'retry-topics' && policy.kind !== 'breaker'
}

/** What to do with a record that failed, written beside the step and tried in the order written. */

export type Policy = DeadLetterPolicy | SkipPolicy | StopPolicy

/** The record goes to `<app>.dlq.<name>` in the transaction that advances its offset. */
export interface DeadLetterPolicy {
  readonly kind: 'dead-letter'
  readonly name: string
}

/** The record is dropped and counted. */
export interface SkipPolicy {
  readonly kind: 'skip'
}

/** The worker stops before the record; what precedes it is committed. */
export interface StopPolicy {
  readonly kind: 'stop'
}

/** The stage in which a record failed, as its dead letter's header names it. */
export type FailureStage = 'deserialize' | 'process' | 'serialize' | 'produce' | 'late' | 'timeout'

/** What the runtime carries out for one failed record. */
export type Decision =
  | { readonly kind: 'dead-letter'; readonly name: string }
  | { readonly kind: 'skip' }
  | { readonly kind: 'stop' }

/** The decision of a node's policies; a list without a final policy ends in a dead letter named after the source. */
export function decide(policies: readonly Policy[], source: string): Decision {
  return policies[0] ?? { kind: 'dead-letter', name: source }
}

/** What to do with a record that failed, written beside the step and tried in the order written. Plain data. */

/** What any step may have. */
export type Policy =
  | RetryPolicy
  | RetryTopicsPolicy
  | DeadLetterPolicy
  | ParkPolicy
  | SkipPolicy
  | PausePolicy
  | StopPolicy

/** What a step that waits for answers may have beside. */
export type AsyncPolicy = Policy | BreakerPolicy

/** Ends a list: whatever comes after it is never asked. */
export type FinalPolicy = DeadLetterPolicy | ParkPolicy | SkipPolicy | PausePolicy | StopPolicy

/** The record is tried again where it is; its partition waits. */
export interface RetryPolicy {
  readonly kind: 'retry'
  /** After the first attempt. */
  readonly times: number
  /** Milliseconds: the longest first wait, and the longest of all. */
  readonly backoff: readonly [number, number]
  /** Milliseconds from the first failure after which it is not tried again. */
  readonly budget: number
  /** False: not this error. Where it throws it is not either. */
  readonly when: ((error: unknown) => boolean) | null
}

/** The record is tried again later, from a topic per delay; its partition goes on. */
export interface RetryTopicsPolicy {
  readonly kind: 'retry-topics'
  readonly name: string
  /** Milliseconds, one topic each. */
  readonly delays: readonly number[]
}

/** Keeps calls from a neighbour that is down. */
export interface BreakerPolicy {
  readonly kind: 'breaker'
  readonly name: string
  /** Failures of kind `retry` in a row. */
  readonly opensAfter: number
  /** Milliseconds until it is tried again. */
  readonly coolsFor: number
  /** Successful probes in a row. */
  readonly closesAfter: number
  /** `pause`: records wait, and so do their partitions; `fail`: the next policy at once. */
  readonly whileOpen: 'pause' | 'fail'
}

/** The record goes to `<app>.dlq.<name>` in the transaction that advances its offset. */
export interface DeadLetterPolicy {
  readonly kind: 'dead-letter'
  readonly name: string
}

/** The record goes to `<app>.dlq.<name>`, and so do all later ones of its key until it is redriven. */
export interface ParkPolicy {
  readonly kind: 'park'
  readonly name: string
  /** Most keys at a time. */
  readonly keys: number
  /** Most records of one key. */
  readonly perKey: number
  /** Milliseconds that a key may be parked. */
  readonly for: number
}

/** The record is dropped and counted. */
export interface SkipPolicy {
  readonly kind: 'skip'
}

/** The task stops before the record and waits for an operator. */
export interface PausePolicy {
  readonly kind: 'pause'
}

/** The worker stops before the record; what precedes it is committed. */
export interface StopPolicy {
  readonly kind: 'stop'
}

/** The stage in which a record failed, as its dead letter's header names it. */
export type FailureStage = 'deserialize' | 'process' | 'serialize' | 'produce' | 'late' | 'timeout'

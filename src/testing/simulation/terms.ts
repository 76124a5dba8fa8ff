/** What a run is like, as its seed and its options say. */
import type { Duration } from '../../clock.ts'

export interface Terms {
  readonly seed: number
  readonly workers: number
  readonly nodes: number
  readonly partitions: number
  readonly records: number
  /** Milliseconds in which the input is written. */
  readonly span: number
  /** Milliseconds a client waits for an answer. */
  readonly requestTimeout: number
  readonly commitInterval: Duration
  readonly sessionTimeout: Duration
  readonly transactionTimeout: Duration
  readonly transactionVersion: 0 | 1 | 2
  /** Those that exist in this run. */
  readonly faults: readonly string[]
  /** How many there will be. */
  readonly faultCount: number
  /** Numbers of those that happen; null: all. */
  readonly only: readonly number[] | null
}

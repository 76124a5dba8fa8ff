/** What a run is given, and what one thread of it knows for its whole life. */
import type { Clock, Duration } from '../clock.ts'
import type { Kafka } from '../kafka/port.ts'
import type { Random } from '../random.ts'
import type { StateBackend } from '../state/rows.ts'
import type { Graph } from '../topology/graph.ts'
import type { Compression } from '../wire/compression/compression.ts'
import type { BreakerSummary } from './breakers/breaker.ts'
import type { BreakerMemory, Breakers } from './breakers/breakers.ts'
import type { Rejections, ThreadCounters } from './counters.ts'
import type { DeadLetterOptions, LetterTerms } from './failures/letter-terms.ts'
import type { CopyTerms } from './group/placement.ts'
import type { Hand } from './hand.ts'
import type { Prepared } from './prepare/prepare.ts'
import type { StateReader } from './state-reader.ts'

export type { DeadLetterOptions, LetterRateOptions } from './failures/letter-terms.ts'

/**
 * What a failure may do to a record: `exactly-once` nothing; `at-least-once` it may count again, in outputs and in state.
 * @example await run(wordCount, { guarantee: 'at-least-once' })
 */
export type Guarantee = 'exactly-once' | 'at-least-once'

export interface RunOptions {
  readonly kafka: Kafka
  /** A bounded run: stops when everything that is in the inputs at the start (or before `time`, in ms) is through. */
  readonly until?: 'end' | { readonly time: number }
  /** Name of a bounded run; by default an unfinished one is continued, else a name is drawn. */
  readonly runId?: string
  /** A restarted worker keeps its name: it returns as the static member it was and ends its own leftovers at once. */
  readonly instance?: string
  /** Number of this thread within the instance. */
  readonly thread?: number
  readonly commitInterval?: Duration
  readonly sessionTimeout?: Duration
  readonly transactionTimeout?: Duration
  /** Of what is written: outputs, changelogs, dead letters. Default none. */
  readonly compression?: Compression
  /** Default `exactly-once`. With less nothing is lost, but after a failure records are worked again. */
  readonly guarantee?: Guarantee
  /** Where state is kept: `memory()` (default) reads it back at every start, `lmdb(directory)` only what it missed. */
  readonly state?: StateBackend
  /** Copies of each task's state on other workers: who has one takes over at once. Default 0. */
  readonly standbys?: number
  /**
   * Most copies at once, in the whole group, that are filled for tasks to move to. A task with state stays where it is
   * until its copy has caught up. Default 2.
   */
  readonly warmUps?: number
  /** Changelog records that a copy may lack and still count as caught up. Default 10,000. */
  readonly acceptableLag?: number
  /** Who answers questions about the state of the tasks. */
  readonly reader?: StateReader
  /** Where circuit breakers are kept that other threads of the process have too. */
  readonly breakers?: BreakerMemory
  /** Told of the record in hand. */
  readonly hand?: Hand
  /** Where a group without positions begins. */
  readonly startAt?: 'earliest' | 'latest'
  /** What to do when a committed position is no longer in the log. */
  readonly outOfRange?: 'fail' | 'earliest' | 'latest'
  /** How many dead letters are too many, and what they hold. */
  readonly deadLetters?: DeadLetterOptions
  /** Stops gracefully: commits, leaves the group. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly random?: Random
}

/** What a run did, as counted by this worker. */
export interface RunSummary extends Readonly<Rejections> {
  readonly app: string
  readonly instance: string
  readonly runId: string | null
  readonly recordsIn: number
  readonly recordsOut: number
  readonly filtered: number
  readonly late: number
  readonly skipped: number
  readonly deadLetters: number
  /** Sent to a retry topic. */
  readonly retried: number
  /** Came again from a retry or redrive topic: not among `recordsIn`. */
  readonly reentered: number
  /** Sent to the queue of a `park` policy. */
  readonly parked: number
  /** How often a task went on without an input that it had waited for, or that Kafka had more of. */
  readonly enforced: number
  readonly commits: number
  readonly aborts: number
  readonly restoredRows: number
  /** By name, as they are at the end. Absent where the topology has none. */
  readonly breakers?: Readonly<Record<string, BreakerSummary>>
}

export interface Thread {
  readonly graph: Graph
  readonly prepared: Prepared
  readonly kafka: Kafka
  readonly clock: Clock
  readonly random: Random
  readonly instance: string
  /** `<app>-<instance>-<thread>` */
  readonly transactionalId: string
  readonly instanceId: string
  /** Null: runs until it is stopped. */
  readonly bounded: 'end' | { readonly time: number } | null
  /** Id of the bounded run: as given, or as the group's leader said. */
  readonly runId: { current: string | null }
  readonly commitIntervalMilliseconds: number
  readonly sessionTimeout: Duration
  readonly transactionTimeout: Duration
  readonly compression: Compression
  readonly guarantee: Guarantee
  readonly startAt: 'earliest' | 'latest'
  readonly outOfRange: 'fail' | 'earliest' | 'latest'
  /** Absent: in memory. */
  readonly state?: StateBackend
  /** Absent: the defaults. */
  readonly copies?: CopyTerms
  readonly reader?: StateReader
  /** Absent: no step has one. */
  readonly breakers?: Breakers
  /** Absent: nobody watches. */
  readonly hand?: Hand
  /** Absent: any number of dead letters, with stacks. */
  readonly deadLetters?: LetterTerms
  readonly counters: ThreadCounters
}

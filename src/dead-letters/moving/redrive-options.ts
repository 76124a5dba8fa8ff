/** What a redrive is asked for, and what it answers. */
import type { Clock, Duration } from '../../clock.ts'
import type { Random } from '../../random.ts'
import type { LetterFilter } from '../filter/filter.ts'
import type { TopologyOptions } from './grounds.ts'
import type { PassedOver } from './redrive-plan.ts'
import type { PlannedGroup } from './survey.ts'

/** Which letters, and where to. */
export interface RedriveChoice extends TopologyOptions {
  /** Topic of the queue; or the name in `deadLetter(name)`, where only one app has such a queue. */
  readonly queue: string
  readonly filter?: LetterFilter
  /** A topic of the topology. Absent: the re-entry topic of each letter's source, which nobody else reads. */
  readonly to?: string
  /** Letters redriven so often are passed over. Default 3. */
  readonly maxRedrives?: number
  /** Letters at most: the first of each partition, one partition after another. */
  readonly limit?: number
  readonly clock?: Clock
}

/** How a job runs. */
export interface RedriveRun extends TopologyOptions {
  /** Default `millrace`. Stands in marks and audit. */
  readonly who?: string
  readonly clock?: Clock
  readonly random?: Random
  /** Stops after the transaction in hand; the job can be gone on with. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: RedriveProgress) => void
  /** How long parked keys are waited for while no worker takes what was moved. Default 10 seconds. */
  readonly patience?: Duration
}

export interface RedriveOptions extends RedriveChoice, RedriveRun {
  /** Letters a second. Absent: as fast as Kafka takes them. */
  readonly rate?: number
}

export interface RedriveProgress {
  readonly job: string
  readonly moved: number
  readonly selected: number
}

/** What a redrive would do. */
export interface RedrivePlan {
  readonly queue: string
  /** Letters that would be moved; groups and targets are of all that the filter lets pass, whatever the limit. */
  readonly selected: number
  readonly groups: readonly PlannedGroup[]
  readonly targets: Readonly<Record<string, number>>
  readonly passedOver: readonly PassedOver[]
  /** Keys with newer records at their source: those are worked before, or were. Parked keys keep their order. */
  readonly keysWhoseOrderMayChange: number
}

export interface RedriveResult {
  readonly job: string
  readonly queue: string
  /** `stopped`: by the signal; it can be gone on with. */
  readonly state: 'done' | 'cancelled' | 'stopped'
  readonly selected: number
  readonly moved: number
  readonly passedOver: readonly PassedOver[]
  /** Parked keys may still be waiting: no worker took what was moved. Redrive again when one runs. */
  readonly isUnfinished: boolean
}

export const defaultMaxRedrives = 3
export const defaultWho = 'millrace'

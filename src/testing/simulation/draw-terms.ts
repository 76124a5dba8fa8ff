/** Draws from a seed what a run is like. */
import type { Duration } from '../../clock.ts'
import { randomInteger, seededRandom } from '../../random.ts'
import { type FaultName, faultNames } from './faults/names.ts'
import type { Terms } from './terms.ts'

/** What is left out is drawn from the seed. */
export interface TermOptions {
  /** A whole number below 2^32: everything that is drawn follows from it. */
  readonly seed: number
  /** Processes that run the topology: 3 to 5. */
  readonly workers?: number
  /** Brokers. Default 3. */
  readonly nodes?: number
  /** Of each topic: 2 to 8. */
  readonly partitions?: number
  /** Records that are written. Default 2,000. */
  readonly records?: number
  readonly commitInterval?: Duration
  /** The kinds that may happen. With `all`, the default, a seed draws some. */
  readonly faults?: 'all' | 'none' | readonly FaultName[]
  /** How many are planned: 20 to 30. */
  readonly faultCount?: number
  /** To find the one at fault: only the planned faults of these numbers happen. */
  readonly only?: readonly number[]
}

/** Of the kinds that are allowed, the share that a seed takes: few kinds, each often, find more than all at once. */
const shareOfKinds = 0.4

/** Draws what the options leave open. What one option says changes nothing else that is drawn. */
export function drawTerms(options: TermOptions): Terms {
  const random = seededRandom(options.seed)
  const draw = (low: number, high: number): number => randomInteger(random, low, high)
  const oneOf = <Value>(values: readonly Value[]): Value => values[draw(0, values.length - 1)]!
  const drawn = {
    workers: draw(3, 5),
    partitions: draw(2, 8),
    span: draw(20, 60) * 1_000,
    requestTimeout: oneOf([3_000, 10_000, 30_000]),
    commitInterval: { milliseconds: oneOf([100, 200, 500, 1_000]) },
    sessionTimeout: { seconds: oneOf([6, 10]) },
    transactionTimeout: { seconds: oneOf([10, 10, 30]) },
    transactionVersion: oneOf([0, 2, 2] as const),
    chosen: faultNames.filter(() => random.next() < shareOfKinds),
    faultCount: draw(20, 30),
  }
  const faults = kindsOf(options.faults ?? 'all', drawn.chosen)
  return {
    seed: options.seed,
    workers: options.workers ?? drawn.workers,
    nodes: options.nodes ?? 3,
    partitions: options.partitions ?? drawn.partitions,
    records: options.records ?? 2_000,
    span: drawn.span,
    requestTimeout: drawn.requestTimeout,
    commitInterval: options.commitInterval ?? drawn.commitInterval,
    sessionTimeout: drawn.sessionTimeout,
    transactionTimeout: drawn.transactionTimeout,
    transactionVersion: drawn.transactionVersion,
    faults,
    faultCount: faults.length === 0 ? 0 : (options.faultCount ?? drawn.faultCount),
    only: options.only ?? null,
  }
}

function kindsOf(asked: 'all' | 'none' | readonly FaultName[], drawn: readonly FaultName[]): readonly FaultName[] {
  if (asked === 'none') return []
  if (asked === 'all') return drawn.length > 0 ? drawn : ['kill']
  return asked
}

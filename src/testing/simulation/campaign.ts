/** Many seeds, one after another, and what they came to. */
import { systemClock } from '../../clock.ts'
import { type Cut, shrink } from './shrink.ts'
import { type SimulationResult, simulate } from './simulate.ts'
import type { Simulation } from './simulation.ts'

/** A seed that failed. */
export interface FailedSeed {
  readonly simulation: string
  readonly seed: number
  /** Null where nobody asked for a smaller run. */
  readonly cut: Cut | null
  readonly result: SimulationResult
}

/** What seeds came to; sums of several parts are made by `addTallies`. */
export interface Tally {
  readonly seeds: number
  readonly failures: number
  readonly virtualSeconds: number
  readonly realSeconds: number
  readonly hits: Readonly<Record<string, number>>
}

export interface CampaignOptions {
  readonly seeds: Iterable<number>
  readonly shrinks: boolean
  /** Replay: what the seed is cut down to. */
  readonly cut?: Partial<Cut>
  readonly failed: (failed: FailedSeed) => void
}

/**
 * What no seed came to.
 * @example parts.reduce(addTallies, noTally)
 */
export const noTally: Tally = { seeds: 0, failures: 0, virtualSeconds: 0, realSeconds: 0, hits: {} }

/**
 * Runs seeds, each with one of the simulations in turn.
 * @example await runSeeds(simulations, { seeds: [1, 2, 3], shrinks: true, failed: console.error })
 */
export async function runSeeds(simulations: readonly Simulation[], options: CampaignOptions): Promise<Tally> {
  let tally = noTally
  const began = systemClock.monotonic()
  for (const seed of options.seeds) {
    const chosen = simulations[seed % simulations.length]!
    const result = await run(chosen, seed, options.cut ?? {})
    tally = addTallies(tally, tallyOf(result))
    if (result.failures.length > 0) options.failed(await smallest(chosen, result, options))
  }
  return { ...tally, realSeconds: (systemClock.monotonic() - began) / 1_000 }
}

/**
 * Two parts as one; time that passed side by side counts once.
 * @example addTallies(await left, await right)
 */
export function addTallies(one: Tally, other: Tally): Tally {
  const hits: Record<string, number> = { ...one.hits }
  for (const [name, count] of Object.entries(other.hits)) hits[name] = (hits[name] ?? 0) + count
  return {
    seeds: one.seeds + other.seeds,
    failures: one.failures + other.failures,
    virtualSeconds: one.virtualSeconds + other.virtualSeconds,
    realSeconds: Math.max(one.realSeconds, other.realSeconds),
    hits,
  }
}

function run({ topology, options }: Simulation, seed: number, cut: Partial<Cut>): Promise<SimulationResult> {
  return simulate(topology, { ...options, ...cut, seed })
}

function tallyOf({ hits, virtualSeconds, failures }: SimulationResult): Tally {
  return { seeds: 1, failures: failures.length > 0 ? 1 : 0, virtualSeconds, realSeconds: 0, hits }
}

async function smallest(
  simulation: Simulation,
  result: SimulationResult,
  options: CampaignOptions,
): Promise<FailedSeed> {
  const { seed, faults, records } = result
  const named = { simulation: simulation.name, seed }
  if (!options.shrinks) return { ...named, cut: null, result }
  const whole = { only: faults.map(({ number }) => number), records }
  return { ...named, ...(await shrink({ cut: whole, result }, (cut) => run(simulation, seed, cut))) }
}

/** `millrace sim FILE`: seed after seed in a simulated world. */
import { describeFailed, type FailedSeed, runSeeds, type Tally } from '../../testing/index.ts'
import { loadSimulations } from './load.ts'

export interface SimFlags {
  readonly seeds: number
  readonly from: number
  readonly seed?: number
  readonly simulation?: string
  readonly only?: readonly number[]
  readonly records?: number
  readonly shrink: boolean
  readonly json?: boolean
}

/** The last line is the tally; exit code 6 where a seed failed. */
export async function simCommand(file: string, flags: SimFlags): Promise<void> {
  const { only, records, shrink: shrinks, json = false } = flags
  const cut = { ...(only !== undefined && { only }), ...(records !== undefined && { records }) }
  const failed = (one: FailedSeed): void => console.error(describeFailed(one, file))
  const simulations = await loadSimulations(file, flags.simulation)
  const tally = await runSeeds(simulations, { seeds: seedsOf(flags), shrinks, cut, failed })
  console.log(json ? JSON.stringify(tally) : textOf(tally))
  if (tally.failures > 0) process.exitCode = 6
}

function* seedsOf({ seed, seeds, from }: SimFlags): Generator<number> {
  const first = seed ?? from
  for (let index = 0; index < (seed === undefined ? seeds : 1); index++) yield first + index
}

function textOf({ seeds, failures, virtualSeconds, realSeconds, hits }: Tally): string {
  const faults = Object.entries(hits).sort(([, one], [, other]) => other - one)
  return [
    ...faults.map(([name, count]) => `${name.padEnd(28)} ${count}`),
    `${seeds} seeds, ${failures} failed: ${virtualSeconds} virtual seconds in ${realSeconds.toFixed(1)}`,
  ].join('\n')
}

/** Every work by its name on the command line, and how it is measured. */
import { type Contest, hold } from './contest.ts'
import { demoWork, measureDemo } from './demo.ts'
import { latencyWork, measureLatency } from './latency/measure.ts'
import { works } from './nexmark/works.ts'
import type { Outcome } from './outcome.ts'
import { playersOf } from './players.ts'
import { measureRestore, restoreWork } from './state/restore.ts'

type Measure = (contest: Contest) => Promise<Outcome>

const queries = works.map((work): [string, Measure] => [
  work.name,
  (contest) => hold(contest, work.name, playersOf(contest, work)),
])

export const measures: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ...queries,
  [restoreWork, measureRestore],
  [latencyWork, measureLatency],
  [demoWork, measureDemo],
])

/** @example workNames.includes('q5') // true */
export const workNames: readonly string[] = [...measures.keys()]

/** Whether any of the works reads Nexmark's topics. */
export function needNexmark(names: readonly string[]): boolean {
  return works.some(({ name }) => names.includes(name))
}

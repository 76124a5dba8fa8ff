/** The smallest run that still fails: faults are left out and records halved for as long as it does. */
import type { SimulationResult } from './simulate.ts'

/** What a run can be cut down to. */
export interface Cut {
  /** Numbers of the faults that are kept. */
  readonly only: readonly number[]
  readonly records: number
}

const fewestRecords = 10
const mostRuns = 60

/**
 * @param run the same seed, cut down
 * @returns the smallest cut found, and what came of it
 */
export async function shrink(
  first: { readonly cut: Cut; readonly result: SimulationResult },
  run: (cut: Cut) => Promise<SimulationResult>,
): Promise<{ readonly cut: Cut; readonly result: SimulationResult }> {
  const search = new Search(first, run)
  await search.dropFaults()
  await search.halveRecords()
  await search.dropFaults()
  return search.best
}

class Search {
  best: { readonly cut: Cut; readonly result: SimulationResult }
  readonly #run: (cut: Cut) => Promise<SimulationResult>
  #runs = 0

  constructor(first: Search['best'], run: (cut: Cut) => Promise<SimulationResult>) {
    this.best = first
    this.#run = run
  }

  /** Ever smaller pieces are left out, the whole at first. */
  async dropFaults(): Promise<void> {
    for (let size = this.best.cut.only.length; size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < this.best.cut.only.length; ) {
        const { only, records } = this.best.cut
        const isSmaller = await this.#try({ only: only.toSpliced(from, size), records })
        if (!isSmaller) from += size
      }
    }
  }

  async halveRecords(): Promise<void> {
    for (;;) {
      const { only, records } = this.best.cut
      const half = Math.floor(records / 2)
      if (half < fewestRecords || !(await this.#try({ only, records: half }))) return
    }
  }

  /** Another failure than the first one is another bug: only the same judge counts. */
  async #try(cut: Cut): Promise<boolean> {
    if (++this.#runs > mostRuns) return false
    const wanted = new Set(this.best.result.failures.map(({ oracle }) => oracle))
    const result = await this.#run(cut)
    if (!result.failures.some(({ oracle }) => wanted.has(oracle))) return false
    this.best = { cut, result }
    return true
  }
}

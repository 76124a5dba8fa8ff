/** One thread of `main.ts`: its share of the seeds. */
import { parentPort, workerData } from 'node:worker_threads'
import { runSeeds } from '../../src/testing/index.ts'
import { simulations } from './topologies.ts'

export interface Part {
  readonly seeds: readonly number[]
  readonly shrinks: boolean
}

const { seeds, shrinks } = workerData as Part
const tally = await runSeeds(simulations, { seeds, shrinks, failed: (failed) => parentPort!.postMessage({ failed }) })
parentPort!.postMessage({ tally })

/** Seeds shared out among threads: a simulated world takes one core, whatever it simulates. */
import { Worker } from 'node:worker_threads'
import { addTallies, type FailedSeed, noTally, type Tally } from '../../src/testing/index.ts'
import type { Part } from './part.ts'

export interface PartsOptions {
  readonly seeds: readonly number[]
  readonly threads: number
  readonly shrinks: boolean
  readonly failed: (failed: FailedSeed) => void
}

/** @example await runParts({ seeds: [1, 2, 3], threads: 2, shrinks: true, failed: console.error }) */
export async function runParts({ seeds, threads, shrinks, failed }: PartsOptions): Promise<Tally> {
  const parts = Array.from({ length: Math.min(threads, seeds.length) }, (_, part) => {
    return runPart({ seeds: seeds.filter((_, index) => index % threads === part), shrinks }, failed)
  })
  return (await Promise.all(parts)).reduce(addTallies, noTally)
}

function runPart(part: Part, failed: (failed: FailedSeed) => void): Promise<Tally> {
  const thread = new Worker(new URL('./part.ts', import.meta.url), { workerData: part })
  return new Promise((resolve, reject) => {
    thread.on('message', (message: { readonly failed?: FailedSeed; readonly tally?: Tally }) => {
      if (message.failed !== undefined) failed(message.failed)
      if (message.tally !== undefined) resolve(message.tally)
    })
    thread.on('error', reject)
    thread.on('exit', (code) => reject(new Error(`a thread ended with ${code} before it was through`)))
  })
}

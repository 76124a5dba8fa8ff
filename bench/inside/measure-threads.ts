/** Rounds of one work: on this thread, or on several that share the partitions. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type InsideResult, type InsideTerms, runInside } from '../../scripts/tools/inside/run-inside.ts'
import { works } from './works.ts'

/** One round, all threads together. */
export interface Measured {
  readonly records: number
  /** Of the slowest thread. */
  readonly seconds: number
  readonly cpuSeconds: number
  readonly outputRecords: number
  readonly commits: number
}

/** What a thread is told. */
export interface ThreadOrder {
  readonly work: string
  readonly terms: InsideTerms
}

/** @throws Error for a work that there is not */
export async function measureThreads(
  work: string,
  terms: InsideTerms,
  threads: number,
  rounds: number,
): Promise<Measured[]> {
  if (works[work] === undefined) throw new Error(`There is no work "${work}"`)
  if (threads === 1) return alone(work, terms, rounds)
  const share = { ...terms, partitions: terms.partitions / threads, records: terms.records / threads }
  const workers = Array.from({ length: threads }, () => new Worker(new URL('./thread.ts', import.meta.url)))
  const measured: Measured[] = []
  for (let round = 0; round < rounds; round++) measured.push(await together(workers, { work, terms: share }))
  await Promise.all(workers.map((worker) => worker.terminate()))
  return measured
}

async function alone(work: string, terms: InsideTerms, rounds: number): Promise<Measured[]> {
  const measured: Measured[] = []
  for (let round = 0; round < rounds; round++) measured.push(measuredOf(await runInside(works[work]!, terms)))
  return measured
}

async function together(workers: readonly Worker[], order: ThreadOrder): Promise<Measured> {
  const answers = workers.map((worker) => once(worker, 'message') as Promise<[Measured]>)
  for (const worker of workers) worker.postMessage(order)
  const parts = (await Promise.all(answers)).map(([part]) => part)
  const sum = (of: (part: Measured) => number): number => parts.reduce((total, part) => total + of(part), 0)
  return {
    records: sum(({ records }) => records),
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    outputRecords: sum(({ outputRecords }) => outputRecords),
    commits: sum(({ commits }) => commits),
  }
}

/** Of what one thread did. */
export function measuredOf({ records, seconds, cpuSeconds, summary }: InsideResult): Measured {
  return { records, seconds, cpuSeconds, outputRecords: summary.recordsOut, commits: summary.commits }
}

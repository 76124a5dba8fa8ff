/** The work of one thread: every topology of the files, side by side. */
import { MillraceError, toError } from '../../faults.ts'
import { type RunOptions, type RunSummary, run, sharedBreakers } from '../../run.ts'
import { breakerBuffer } from '../../shared-memory.ts'
import { loadTopologies } from '../load.ts'
import { WatchedHand } from './watched-hand.ts'
import type { WorkerOptions } from './worker-options.ts'

type Queries = NonNullable<WorkerOptions['options']['queries']>

/** Runs until all are through or `signal` stops them. When one fails the others stop cleanly, then its error is thrown. */
export async function work(
  { files, breakers: buffer, watch, options: { state, queries, ...options } }: WorkerOptions,
  signal: AbortSignal,
): Promise<RunSummary[]> {
  const topologies = await loadTopologies(files)
  const backend = state === undefined ? {} : { state: await openState(state) }
  const breakers = sharedBreakers(topologies, buffer ?? breakerBuffer(), threadOrigin())
  const hand = watch && new WatchedHand(watch)
  const failure = new AbortController()
  const stop = AbortSignal.any([signal, failure.signal])
  const runs = topologies.map((topology, index) =>
    run(topology, {
      ...options,
      ...backend,
      breakers,
      ...(hand && { hand }),
      ...(queries && { queries: portOf(queries, (options.thread ?? 0) * topologies.length + index) }),
      signal: stop,
    }).catch((error: unknown) => {
      failure.abort(error)
      throw error
    }),
  )
  const results = await Promise.allSettled(runs)
  if (failure.signal.aborted) throw failure.signal.reason
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** A thread's monotonic clock begins with the thread; the machine's own is the same for all. Milliseconds. */
function threadOrigin(): number {
  return Number(process.hrtime.bigint()) / 1_000_000 - performance.now()
}

/** Each thread answers for its own tasks, and any of them sends on what another knows. */
function portOf(queries: Queries, place: number): Queries {
  return { ...queries, port: queries.port === 0 ? 0 : queries.port + place }
}

/** Loaded where it is asked for: its package is optional. */
async function openState(directory: string): Promise<NonNullable<RunOptions['state']>> {
  const { lmdb } = await import('../../state/lmdb/index.ts').catch((cause: unknown) => {
    throw new MillraceError(
      'fatal',
      {
        code: 'MR1003',
        what: 'State can not be kept in a directory',
        where: `--state ${directory}`,
        why: toError(cause).message,
        fix: 'npm install lmdb, or leave --state out',
      },
      { cause },
    )
  })
  return lmdb(directory)
}

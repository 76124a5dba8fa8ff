/** The work of one thread: every topology of the files, side by side. */
import { type RunSummary, run } from '../run.ts'
import { loadTopologies } from './load.ts'
import type { WorkerOptions } from './worker-options.ts'

/** Runs until all are through or `signal` stops them. When one fails the others stop cleanly, then its error is thrown. */
export async function work({ files, options }: WorkerOptions, signal: AbortSignal): Promise<RunSummary[]> {
  const topologies = await loadTopologies(files)
  const failure = new AbortController()
  const stop = AbortSignal.any([signal, failure.signal])
  const runs = topologies.map((topology) =>
    run(topology, { ...options, signal: stop }).catch((error: unknown) => {
      failure.abort(error)
      throw error
    }),
  )
  const results = await Promise.allSettled(runs)
  if (failure.signal.aborted) throw failure.signal.reason
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

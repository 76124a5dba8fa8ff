/** `millrace run FILE…` */
import { type Duration, toMilliseconds } from '../../clock.ts'
import { readEnvironment } from '../../environment/read.ts'
import { randomName, systemRandom } from '../../random.ts'
import type { RunSummary } from '../../run.ts'
import { stopOnSignal } from './signals.ts'
import { mergeSummaries, summaryText } from './summaries.ts'
import { runThreads } from './threads.ts'
import { logWorker } from './worker-log.ts'
import type { WorkerOptions } from './worker-options.ts'

/** The flags, parsed. */
export interface RunFlags {
  readonly brokers?: string[]
  readonly threads: number
  readonly until?: 'end' | { readonly time: number }
  readonly runId?: string
  readonly instance?: string
  readonly guarantee?: 'exactly-once' | 'at-least-once'
  readonly state?: string
  readonly standbys?: number
  readonly queries?: number
  readonly queriesHost?: string
  /** How long one record may take; false: nobody watches. */
  readonly watchdog: Duration | false
  /** Mebibytes. */
  readonly heap?: number
  readonly json: boolean
}

/** Runs the topologies of the files until they are through or a signal stops the worker; prints what it did. */
export async function runCommand(files: readonly string[], flags: RunFlags): Promise<void> {
  const instance = flags.instance ?? readEnvironment(process.env).instance ?? randomName(systemRandom)
  const options = { instance, ...given(flags) }
  const stop = stopOnSignal('stopping: the open transaction is committed and the group left')
  try {
    printSummaries(mergeSummaries(await start(flags, { files, options }, stop.signal)), flags.json)
  } finally {
    stop.release()
  }
}

/** What the flags say: what they leave out comes from the environment. */
function given({
  brokers,
  until,
  runId,
  guarantee,
  state,
  standbys,
  queries,
  queriesHost,
}: RunFlags): Omit<WorkerOptions['options'], 'instance'> {
  return {
    ...(brokers && { brokers }),
    ...(until && { until }),
    ...(runId && { runId }),
    ...(guarantee && { guarantee }),
    ...(state && { state }),
    ...(standbys && { standbys }),
    ...(queries !== undefined && { queries: { port: queries, ...(queriesHost && { host: queriesHost }) } }),
  }
}

/** What is watched from outside works in a thread, also where there is just one. */
async function start(flags: RunFlags, worker: WorkerOptions, signal: AbortSignal): Promise<RunSummary[]> {
  const { threads: count, heap } = flags
  const watchdog = flags.watchdog === false ? null : toMilliseconds(flags.watchdog)
  if (count > 1 || watchdog !== null || heap !== undefined) return runThreads({ count, watchdog, heap }, worker, signal)
  // Loaded where it runs: beside threads this one needs nothing of it.
  const { work } = await import('./work.ts')
  const stopLog = logWorker(worker.options.instance)
  try {
    return await work(worker, signal)
  } finally {
    stopLog()
  }
}

/** For people on stderr, for programs as the last line of stdout: an object, or an array where several topologies ran. */
function printSummaries(summaries: readonly RunSummary[], json: boolean): void {
  for (const summary of summaries) console.error(summaryText(summary))
  if (json) console.log(JSON.stringify(summaries.length === 1 ? summaries[0] : summaries))
}

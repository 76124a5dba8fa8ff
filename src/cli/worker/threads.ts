/** A worker process of several threads: each imports the topologies itself and owns its tasks and one transaction. */
import { Worker } from 'node:worker_threads'
import { toError } from '../../faults.ts'
import type { RunSummary } from '../../run.ts'
import { breakerBuffer } from '../../shared-memory.ts'
import { safeLine } from '../print/untrusted.ts'
import { Blames } from './blames.ts'
import { type RunningThread, superviseThread, ThreadDeath } from './supervise.ts'
import type { WatchMemory } from './watched-hand.ts'
import { revivedFault, type ThreadMessage, type WorkerOptions } from './worker-options.ts'

export interface ThreadTerms {
  readonly count: number
  /** Milliseconds that one record may take; null: nobody watches. */
  readonly watchdog: number | null
  /** Mebibytes of JavaScript values that a thread may hold; absent: as Node has it. */
  readonly heap: number | undefined
}

/** How long the other threads get to commit and leave when one has failed. */
const farewellMilliseconds = 5_000
/** How long a thread that is through may take to end by itself: user code may have left timers behind. */
const lingerMilliseconds = 500

// The compiler does not rewrite the name of a file that is only a URL.
const threadFile = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

/**
 * Runs `count` threads until all have finished. A thread that fails or dies is the error of the whole process: the
 * others are stopped cleanly first.
 */
export async function runThreads(
  { count, watchdog, heap }: ThreadTerms,
  worker: WorkerOptions,
  signal: AbortSignal,
): Promise<RunSummary[]> {
  const shared = { ...worker, breakers: breakerBuffer() }
  const terms = { blames: new Blames(), deaths: new Map<string, number>(), tell }
  const threads = Array.from({ length: count }, (_, thread) => {
    const begin = (watch?: WatchMemory): RunningThread =>
      startThread(thread, { ...shared, ...(watch && { watch }) }, heap)
    return watchdog === null ? begin() : superviseThread(begin, { ...terms, milliseconds: watchdog })
  })
  const stopAll = (): void => {
    for (const { stop } of threads) stop()
  }
  signal.addEventListener('abort', stopAll, { once: true })
  if (signal.aborted) stopAll()
  try {
    const summaries = await Promise.all(threads.map(({ finished }) => finished))
    return summaries.flat()
  } catch (error) {
    stopAll()
    await Promise.race([Promise.allSettled(threads.map(({ finished }) => finished)), farewell()])
    throw error
  } finally {
    signal.removeEventListener('abort', stopAll)
    for (const { end } of threads) end()
  }
}

function tell(text: string): void {
  console.error(safeLine(text))
}

function startThread(thread: number, worker: WorkerOptions, heap: number | undefined): RunningThread {
  const workerData: WorkerOptions = { ...worker, options: { ...worker.options, thread } }
  const resourceLimits = heap === undefined ? {} : { maxOldGenerationSizeMb: heap }
  const running = new Worker(threadFile, { workerData, resourceLimits })
  const finished = new Promise<readonly RunSummary[]>((resolve, reject) => {
    running.once('message', (message: ThreadMessage) => {
      // What it has written arrives before its exit, and not if it is terminated.
      running.once('exit', () => {
        if (message.kind === 'finished') resolve(message.summaries)
        else reject(revivedFault(message.fault))
      })
      setTimeout(() => void running.terminate(), lingerMilliseconds).unref()
    })
    running.once('error', (error) => reject(died(thread, toError(error).message, error)))
    // After the listener that a message brings, which knows better.
    running.once('exit', (code) => {
      setImmediate(() => reject(died(thread, `it ended by itself with exit code ${code}`)))
    })
  })
  return {
    finished,
    stop: () => running.postMessage('stop'),
    end: () => void running.terminate(),
  }
}

function died(thread: number, why: string, cause?: unknown): ThreadDeath {
  return new ThreadDeath(
    'fatal',
    {
      code: 'MR4101',
      what: `Thread ${thread} of the worker died`,
      why,
      fix: 'Look in the topology for process.exit, for a promise nobody awaits, or for what fills the memory; --verbose shows the stack',
    },
    { cause },
  )
}

function farewell(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, farewellMilliseconds).unref()
  })
}

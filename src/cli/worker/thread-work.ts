/** What runs in a worker thread of `millrace run --threads N`: the same work as on the main thread, stopped by a message. */
import { parentPort, workerData } from 'node:worker_threads'
import { asFault } from '../../faults.ts'
import { work } from './work.ts'
import { logWorker } from './worker-log.ts'
import { plainFault, type ThreadMessage, type WorkerOptions } from './worker-options.ts'

async function main(): Promise<ThreadMessage> {
  const worker = workerData as WorkerOptions
  const stop = new AbortController()
  parentPort?.once('message', () => stop.abort())
  logWorker(worker.options.instance)
  try {
    return { kind: 'finished', summaries: await work(worker, stop.signal) }
  } catch (error) {
    return { kind: 'failed', fault: plainFault(asFault(error, `thread ${worker.options.thread}`)) }
  }
}

const message = await main()
parentPort?.postMessage(message)
parentPort?.close()

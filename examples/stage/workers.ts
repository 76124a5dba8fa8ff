/** Two worker processes, as a user would start them. */
import { fileURLToPath } from 'node:url'
import { startWorker, type WorkerEnd, type WorkerProcess } from '../../scripts/tools/worker.ts'
import { randomName, sleep, systemClock, systemRandom } from '../../scripts/tools/world.ts'

const instances = ['east', 'west'] as const
const timeoutMilliseconds = 600_000

/**
 * Resolves when both workers have come to the end of the input. When one fails the other is killed.
 * @throws Error with the last words of the worker that failed
 */
export async function workToTheEnd(file: URL, brokers: string): Promise<void> {
  const runId = `example-${randomName(systemRandom)}`
  const workers = instances.map((instance) =>
    startWorker({ file: fileURLToPath(file), brokers, instance, runId, environment: {} }),
  )
  try {
    await Promise.race([Promise.all(workers.map(isThrough)), tooLong()])
  } finally {
    for (const worker of workers) if (worker.alive) worker.kill()
  }
}

async function isThrough({ instance, ended }: WorkerProcess): Promise<void> {
  const end: WorkerEnd = await ended
  if (end.code !== 0)
    throw new Error(`Worker ${instance} ended with ${end.signal ?? `exit code ${end.code}`}\n${end.said}`)
}

async function tooLong(): Promise<never> {
  await sleep(systemClock, timeoutMilliseconds)
  throw new Error(`The workers did not come to their end in ${timeoutMilliseconds / 1000} s`)
}

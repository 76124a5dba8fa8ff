/**
 * Preloaded into each worker of a soak: writes what its threads tell on the public channels to a file per thread, a line of
 * JSON each. A process that is killed has written all that it told.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { systemClock } from '../../scripts/tools/world.ts'
import { subscribe, type WorkerEventName } from '../../src/observe/events.ts'
import { journalFolder } from './journals.ts'

const told: readonly WorkerEventName[] = [
  'worker.started',
  'worker.stopped',
  'tasks.assigned',
  'tasks.lost',
  'restore.ended',
  'transaction.aborted',
  'commit.ended',
]

const folder = process.env[journalFolder]
if (folder !== undefined) {
  // The time comes first, so that files sort by age.
  const name = `${systemClock.now()}-${process.pid}-${threadId}.jsonl`
  for (const event of told) {
    subscribe(event, (detail) => {
      appendFileSync(join(folder, name), `${JSON.stringify({ at: systemClock.now(), event, ...detail })}\n`)
    })
  }
}

/**
 * A worker process that says how long its state took to come back, then works until it is told to stop.
 * `node worker.ts BROKERS memory|DIRECTORY`
 */
import { rssHighWaterMark } from '../../scripts/tools/memory.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { run, subscribe } from '../../src/index.ts'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { counted } from './topology.ts'

/** What it says, one line of JSON. */
export interface Restored {
  readonly rows: number
  /** From the assignment to the first record that could be taken. */
  readonly milliseconds: number
  /** Memory of the process with the rows in it, bytes, when it had come to rest. */
  readonly rssBytes: number
  readonly peakRssBytes: number
}

const [brokers = '', state = 'memory'] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

let began = 0
subscribe('tasks.assigned', () => {
  began = systemClock.monotonic()
})
subscribe('restore.ended', ({ rows }) => {
  void report(rows, systemClock.monotonic() - began)
})

async function report(rows: number, milliseconds: number): Promise<void> {
  await rest()
  const rssBytes = process.memoryUsage.rss()
  const restored: Restored = { rows, milliseconds, rssBytes, peakRssBytes: rssHighWaterMark('self') }
  console.log(JSON.stringify(restored))
}

/** What the restore itself needed is given back. */
async function rest(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.()
    await sleep(systemClock, 300)
  }
}

const backend = state === 'memory' ? {} : { state: lmdb(state) }
await run(counted, { brokers, instance: 'bench', signal: stop.signal, ...backend })

/** A thread that counts in a shared breaker, many times. */
import { parentPort, workerData } from 'node:worker_threads'
import { BreakerCells } from '../../../src/runtime/breakers/cells.ts'

const { buffer, names, times } = workerData as { buffer: SharedArrayBuffer; names: string[]; times: number }
const cells = new BreakerCells(names, buffer)
const slot = cells.slotOf('b')
parentPort!.once('message', () => {
  for (let time = 0; time < times; time++)
    cells.update(slot, ({ cell, commanded }) => ({
      cell: { ...cell, failures: cell.failures + 1, opensUntil: cell.opensUntil + 0.5 },
      commanded,
    }))
  parentPort!.postMessage('done')
})
parentPort!.postMessage('ready')

/** Faults of clocks: one worker has another time of day than the others. What it measures spans by goes on as ever. */
import type { WorkerProcess } from '../worker-process.ts'
import type { World } from '../world.ts'
import type { Cause } from './fault.ts'
import { toWorker } from './process.ts'

export const timeFaults = {
  /** Until somebody sets it right. Further than an hour back, and topics refuse what is written: that is meant. */
  clockSkew: toWorker((worker, world) => skew(worker, world, world.between(-5_000, 5_000))),
} satisfies Record<string, Cause>

function skew(worker: WorkerProcess, world: World, milliseconds: number): void {
  worker.clock.skew = milliseconds
  world.clock.after(world.between(1_000, 20_000), () => {
    worker.clock.skew = 0
  })
}

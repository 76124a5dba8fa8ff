/** Faults of processes: they die, are told to stop, or stand still. */
import type { WorkerProcess } from '../worker-process.ts'
import type { World } from '../world.ts'
import type { Cause } from './fault.ts'

/** A worker that is at work. */
export function anyWorker(world: World): WorkerProcess | undefined {
  return world.choose(world.workers.filter((worker) => worker.isAlive && !worker.isFrozen))
}

/** Does something to a worker that is at work; a fault that finds none has not happened. */
export function toWorker(act: (worker: WorkerProcess, world: World) => void): Cause {
  return (world, hit) => {
    const worker = anyWorker(world)
    if (worker === undefined) return
    act(worker, world)
    hit()
  }
}

export const processFaults = {
  /** SIGKILL; half the time what its sockets were given is lost as well. */
  kill: toWorker((worker, world) => worker.kill(world.chance(0.5))),
  /** SIGTERM: it drains and leaves. */
  terminate: toWorker((worker) => worker.stop()),
  /** SIGSTOP and SIGCONT: beyond its session it comes back as a zombie. */
  freeze: toWorker((worker, world) => worker.freeze(world.between(1, 60) * 1_000)),
  /** All but one at once. */
  storm: (world, hit) => {
    for (const worker of world.workers.filter(({ isAlive }) => isAlive).slice(1)) worker.kill(world.chance(0.5))
    hit()
  },
} satisfies Record<string, Cause>

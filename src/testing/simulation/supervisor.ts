/** Keeps workers running as an orchestrator does: whatever ends is started again after a while. */

import { type Random, randomInteger, seededRandom } from '../../random.ts'
import type { Ending, WorkerProcess } from './worker-process.ts'
import type { World } from './world.ts'

/** How a worker ended that was neither told to nor killed. */
export interface Failure {
  readonly worker: string
  readonly time: number
  readonly error: unknown
}

export class Supervisor {
  readonly failures: Failure[] = []
  /** Those that were at work when all was told to stop. */
  stopped: readonly WorkerProcess[] = []
  readonly #world: World
  readonly #random: Random
  /** Stable names, and the process that has each now. */
  readonly #slots: Map<number, WorkerProcess> = new Map()
  #isHealed = false
  #isClosing = false

  constructor(world: World) {
    this.#world = world
    this.#random = seededRandom(world.terms.seed ^ 0x50be)
  }

  /** The first processes, one after another. */
  begin(): void {
    const { terms, clock } = this.#world
    for (let slot = 0; slot < terms.workers; slot++) clock.after(slot * 200, () => this.#start(slot, `w${slot}`))
  }

  /** From now on nothing disturbs them: all that stand still go on, and who is down comes back soon. */
  heal(): void {
    this.#isHealed = true
  }

  /** All are told to stop; resolves when they have. */
  async stop(): Promise<void> {
    this.#isClosing = true
    const running = this.#world.workers.filter(({ isAlive }) => isAlive)
    for (const worker of running) worker.stop()
    this.stopped = running
    await Promise.all(running.map(({ ended }) => ended))
  }

  #start(slot: number, instance: string): void {
    if (this.#isClosing) return
    const worker = this.#world.startWorker(instance)
    this.#slots.set(slot, worker)
    void worker.ended.then((ending) => this.#ended(slot, worker, ending))
  }

  #ended(slot: number, worker: WorkerProcess, ending: Ending): void {
    const { clock, scheduler } = this.#world
    if (ending.kind === 'failed') this.failures.push({ worker: worker.name, time: scheduler.now, error: ending.error })
    if (this.#isClosing) return
    // A name is mostly kept: a static member comes back. Another one has to wait for the session of the first to end.
    const instance = this.#random.next() < 0.7 ? worker.instance : `w${slot}x${this.#world.workers.length}`
    const wait = randomInteger(this.#random, 100, this.#isHealed ? 1_000 : 8_000)
    clock.after(wait, () => this.#start(slot, instance))
  }
}

/** Kills workers with SIGKILL while they work, and starts them again under their names. */

import type { Kafka } from '../../scripts/tools/client.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import type { Crew, Mode } from './workers.ts'

/** How often a worker was killed. */
export interface Kills {
  kills: number
  /** Those after which Kafka said that the worker's transaction was open. */
  killsInTransaction: number
}

const pauseMilliseconds = 2_000

/** Enough for the word chaos: with fewer the demo has shown nothing, and fails. */
export const fewestKills: Kills = { kills: 10, killsInTransaction: 5 }

/** The killer of one demo. */
export class Chaos {
  readonly count: Kills = { kills: 0, killsInTransaction: 0 }
  readonly #kafka: Kafka
  readonly #crew: Crew
  #turn = 0

  constructor(kafka: Kafka, crew: Crew) {
    this.#kafka = kafka
    this.#crew = crew
  }

  /** Every 2 seconds kills one worker, in turn, and starts it again, until `done` says so. */
  async rage(mode: Mode, done: () => boolean): Promise<void> {
    for (;;) {
      await pauseUnless(done)
      if (done()) return
      await this.#strike(this.#turn++ % this.#crew.size, mode)
    }
  }

  /** Kills all workers at once and starts them again until the end of the input. */
  async strikeAll(): Promise<void> {
    const places = Array.from({ length: this.#crew.size }, (_, place) => place)
    await Promise.all(places.map((place) => this.#strike(place, 'bounded')))
  }

  async #strike(place: number, mode: Mode): Promise<void> {
    const transactionalId = await this.#crew.kill(place)
    if (transactionalId === null) return
    this.count.kills++
    // Asked before the restart: a returning worker ends what its dead self left open.
    const states = await this.#kafka.admin.transactions.describe([transactionalId])
    if (states.get(transactionalId) === 'Ongoing') this.count.killsInTransaction++
    this.#crew.startOne(place, mode)
  }
}

/** Waits for the next kill, but not longer than there is something to kill. */
async function pauseUnless(done: () => boolean): Promise<void> {
  const until = systemClock.monotonic() + pauseMilliseconds
  while (!done() && systemClock.monotonic() < until) await sleep(systemClock, 50)
}

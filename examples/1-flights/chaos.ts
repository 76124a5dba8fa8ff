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

/** A transaction is open for some milliseconds of each commit interval: an aimed strike waits this long for one. */
const patienceMilliseconds = 1_500
const betweenLooksMilliseconds = 3

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
      const place = this.#turn++ % this.#crew.size
      if (await this.#strike(place)) this.#crew.startOne(place, mode)
    }
  }

  /**
   * Kills all workers, then starts them again until the end of the input. No worker of a bounded run may meet one that
   * knows no end: that one would read the marks that announce the end, and pass over them.
   */
  async strikeAll(): Promise<void> {
    const places = Array.from({ length: this.#crew.size }, (_, place) => place)
    for (const place of places) await this.#strike(place)
    this.#crew.start('bounded')
  }

  /** Kills one worker, and looks whether its transaction was open. False when it had already ended. */
  async #strike(place: number): Promise<boolean> {
    if (this.#isAimed()) await this.#holdInTransaction(place)
    if (!(await this.#crew.kill(place))) return false
    this.count.kills++
    // Asked before the restart: a returning worker ends what its dead self left open.
    if (await this.#isInTransaction(place)) this.count.killsInTransaction++
    return true
  }

  /** Both workers are struck in turn: twice at any moment, then twice with a transaction open. */
  #isAimed(): boolean {
    return (this.#turn >> 1) % 2 === 1
  }

  /**
   * Holds the worker still at moments of chance until it is held with its transaction open. A look at a moving worker
   * is worth nothing: its commit is over before the answer is here.
   */
  async #holdInTransaction(place: number): Promise<void> {
    const until = systemClock.monotonic() + patienceMilliseconds
    while (this.#crew.hold(place)) {
      if ((await this.#isInTransaction(place)) || systemClock.monotonic() > until) return
      this.#crew.release(place)
      await sleep(systemClock, betweenLooksMilliseconds)
    }
  }

  async #isInTransaction(place: number): Promise<boolean> {
    const id = this.#crew.transactionalId(place)
    const states = await this.#kafka.admin.transactions.describe([id])
    return states.get(id) === 'Ongoing'
  }
}

/** Waits for the next kill, but not longer than there is something to kill. */
async function pauseUnless(done: () => boolean): Promise<void> {
  const until = systemClock.monotonic() + pauseMilliseconds
  while (!done() && systemClock.monotonic() < until) await sleep(systemClock, 50)
}

/** What user code may use inside a simulated world in place of the machine's clock and randomness. */
import { type Clock, sleep, systemClock } from '../../clock.ts'
import { type Random, seededRandom } from '../../random.ts'

/** Of one worker process; given to a topology that is made by a function. */
export interface Surroundings {
  /** The process's own time: stands still with it, and ends with it. */
  readonly clock: Clock
  readonly random: Random
  /**
   * Resolves after that many virtual milliseconds: how long a simulated neighbour takes to answer.
   * @example async (order) => { await surroundings.pause(20); return score(order) }
   */
  pause(milliseconds: number): Promise<void>
}

export function surroundingsOf(clock: Clock, seed: number): Surroundings {
  return { clock, random: seededRandom(seed), pause: (milliseconds) => sleep(clock, milliseconds) }
}

/** For a topology that is only looked at, or worked by judges: nothing takes time. */
export function atRest(seed: number): Surroundings {
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (_, callback) => {
      systemClock.soon(callback)
      return { cancel: () => undefined }
    },
    soon: (callback) => systemClock.soon(callback),
  }
  return surroundingsOf(clock, seed)
}

/** Random choices in the words of the generator; the same seed draws the same case. */
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'

export interface Draw {
  /** A whole number in [low, high]. */
  integer(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  /** True once in so many times. */
  once(inSoMany: number): boolean
}

export function drawOf(seed: number): Draw {
  const random: Random = seededRandom(seed)
  return {
    integer: (low, high) => randomInteger(random, low, high),
    pick: (list) => list[randomInteger(random, 0, list.length - 1)]!,
    once: (inSoMany) => randomInteger(random, 1, inSoMany) === 1,
  }
}

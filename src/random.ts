/** Randomness as a parameter, so that a run can be repeated from its seed. */

export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** Randomness that can't be repeated, for production. */
export const systemRandom: Random = { next: () => Math.random() }

/**
 * A repeatable sequence (mulberry32).
 * @example seededRandom(7).next()
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
    },
  }
}

/** A whole number in [low, high]. */
export function randomInteger(random: Random, low: number, high: number): number {
  return low + Math.floor(random.next() * (high - low + 1))
}

/** Lower-case letters and digits, `length` of them: enough for a name nobody else has. */
export function randomName(random: Random, length = 8): string {
  let name = ''
  while (name.length < length) name += Math.floor(random.next() * 36).toString(36)
  return name
}

/** Randomness that nobody can guess: for the nonces of an authentication, which no run repeats. */
export const secretRandom: Random = {
  // Loaded here: few need it, and it takes 4 MB.
  next: () => process.getBuiltinModule('node:crypto').randomInt(2 ** 47) / 2 ** 47,
}

/**
 * Regular expressions of `patternProperties`. They come from whoever registers a schema, and matching one may take longer
 * than the world is old: what a match can cost is reckoned first.
 */
import { type Effort, Exhausted } from '../effort.ts'

const longestPattern = 500
/** So many steps of a match take as long as one of `Effort`. */
const matchSteps = 20

/** @throws Exhausted where it could take too long */
export function matches(pattern: string, name: string, effort: Effort): boolean {
  effort.spend(1 + costOf(pattern, name.length) / matchSteps, `the pattern ${pattern.slice(0, 100)} may take too long`)
  try {
    return new RegExp(pattern, 'u').test(name)
  } catch {
    return false
  }
}

/**
 * At most so many ways are tried: each loop may end at each place, each alternative may be taken or not, and the match may
 * begin anywhere. Loops around loops have no such bound.
 */
function costOf(pattern: string, length: number): number {
  if (pattern.length > longestPattern) throw new Exhausted('a pattern is too long to be judged')
  const bare = pattern.replaceAll(/\\./gsu, 'x').replaceAll(/\[[^\]]*\]/g, 'x')
  if (/\)[*+{]/.test(bare)) return Number.POSITIVE_INFINITY
  const loops = bare.match(/[*+{]/g)?.length ?? 0
  const choices = bare.match(/[?|]/g)?.length ?? 0
  const starts = bare.startsWith('^') && !bare.includes('|') ? 1 : length + 1
  return starts * (length + 1) ** loops * 2 ** choices
}

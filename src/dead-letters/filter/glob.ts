/** Patterns with `*` and `?`, matched in time linear in the text: no backtracking, whatever the pattern. */

const bitsPerWord = 31
/** Longer patterns are refused where they are parsed. */
export const longestPattern = 1_000

export interface Glob {
  readonly matches: (text: string) => boolean
  /** Steps that a character of text costs. */
  readonly stepsPerCharacter: number
}

/**
 * The whole text must fit: `*` is any text, also none, `?` one UTF-16 unit, all else itself.
 * @example globOf('order-*').matches('order-17') // true
 */
export function globOf(pattern: string): Glob {
  const { units, loops } = partsOf(pattern)
  const words = Math.floor(units.length / bitsPerWord) + 1
  const anyUnit = new Uint32Array(words)
  const loopMask = new Uint32Array(words)
  const masks = new Map<number, Uint32Array>()
  for (const [at, unit] of units.entries()) if (unit === null) setBit(anyUnit, at)
  for (const [at, unit] of units.entries()) {
    if (unit === null) continue
    if (!masks.has(unit)) masks.set(unit, anyUnit.slice())
    setBit(masks.get(unit)!, at)
  }
  for (const at of loops) setBit(loopMask, at)
  const matches = (text: string): boolean => {
    // Bit n: the first n parts of the pattern have been met.
    const met = new Uint32Array(words)
    met[0] = 1
    for (let at = 0; at < text.length; at++) advance(met, masks.get(text.charCodeAt(at)) ?? anyUnit, loopMask)
    return hasBit(met, units.length)
  }
  return { matches, stepsPerCharacter: words }
}

/** What must be met one after another (null: anything), and after how many of them a star lets any text pass. */
function partsOf(pattern: string): { readonly units: (number | null)[]; readonly loops: ReadonlySet<number> } {
  const units: (number | null)[] = []
  const loops = new Set<number>()
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '*') loops.add(units.length)
    else units.push(pattern[at] === '?' ? null : pattern.charCodeAt(at))
  }
  return { units, loops }
}

/** One unit of text: whoever waits for it goes on, whoever stands before a star may stay. */
function advance(met: Uint32Array, mask: Uint32Array, loops: Uint32Array): void {
  let carry = 0
  for (let word = 0; word < met.length; word++) {
    const moved = met[word]! & mask[word]!
    const stayed = met[word]! & loops[word]!
    met[word] = ((moved << 1) & 0x7fffffff) | carry | stayed
    carry = moved >>> (bitsPerWord - 1)
  }
}

function setBit(words: Uint32Array, at: number): void {
  words[Math.floor(at / bitsPerWord)]! |= 1 << (at % bitsPerWord)
}

function hasBit(words: Uint32Array, at: number): boolean {
  return (words[Math.floor(at / bitsPerWord)]! & (1 << (at % bitsPerWord))) !== 0
}

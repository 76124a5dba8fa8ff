/** What the parts of the generator draw, all from one seeded sequence. */
import type { Random } from '../../../scripts/tools/world.ts'

const letters = 'abcdefghijklmnopqrstuvwxyz'
const leastTextLength = 3
const paddingLength = 1024 * 1024

/** A whole number from 0 up to, but without, `bound`. */
export function below(random: Random, bound: number): number {
  return Math.floor(random.next() * bound)
}

/** Of `ratio` draws all but one are hot. */
export function isHot(random: Random, ratio: number): boolean {
  return below(random, ratio) > 0
}

export function oneOf<T>(random: Random, values: readonly T[]): T {
  return values[below(random, values.length)]!
}

/** 1 to 100 million cents, small ones as often as large ones on a logarithmic scale. */
export function drawPrice(random: Random): number {
  return Math.round(100 * 10 ** (6 * random.next()))
}

/** 3 to `bound - 1` letters; one in 13 is `special`. Blanks at its ends are cut off. */
export function drawText(random: Random, bound: number, special = ' '): string {
  const length = leastTextLength + below(random, bound - leastTextLength)
  let text = ''
  while (text.length < length) text += below(random, 13) === 0 ? special : letters[below(random, letters.length)]
  return text.trim()
}

/** One long text of which all padding is cut: drawn letter by letter, padding would be dearer than its event. */
export function drawPadding(random: Random): string {
  const pieces: string[] = []
  for (let length = 0; length < paddingLength; length++) pieces.push(letters[below(random, letters.length)]!)
  return pieces.join('')
}

/** Fills an event of `size` bytes up to `meanSize` on average, a fifth of the filling more or less. */
export function drawExtra(random: Random, padding: string, size: number, meanSize: number): string {
  if (size > meanSize) return ''
  const missing = meanSize - size
  const spread = Math.round(missing * 0.2)
  const length = missing - spread + (spread === 0 ? 0 : below(random, 2 * spread))
  const at = below(random, padding.length - length)
  return padding.slice(at, at + length)
}

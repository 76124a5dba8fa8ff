import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findMatches } from '../../src/wire/compression/matches.ts'

interface Found {
  readonly from: number
  readonly to: number
  /** 0 for bytes as they are. */
  readonly distance: number
}

function foundIn(bytes: Uint8Array, start: number, end: number): Found[] {
  const found: Found[] = []
  findMatches(bytes, start, end, {
    match(literalStart, literalEnd, distance, length) {
      found.push({ from: literalStart, to: literalEnd, distance: 0 })
      found.push({ from: literalEnd, to: literalEnd + length, distance })
    },
    rest: (from, to) => found.push({ from, to, distance: 0 }),
  })
  return found
}

/** Few different bytes: full of repetitions, also at the very end. */
const repetitive = fc.uint8Array({ max: 2, maxLength: 400, size: 'max' })

test('what is found covers everything once, in order, from within the block, and ends as LZ4 wants it', () => {
  fc.assert(
    fc.property(repetitive, fc.nat(50), (bytes, skipped) => {
      const start = Math.min(skipped, bytes.length)
      const found = foundIn(bytes, start, bytes.length)
      expect(found.map(({ from }) => from)).toEqual([start, ...found.slice(0, -1).map(({ to }) => to)])
      expect(found.at(-1)!.to).toBe(bytes.length)
      for (const { from, to, distance } of found.filter((each) => each.distance > 0)) {
        expect(from - distance).toBeGreaterThanOrEqual(start)
        expect(to - from).toBeGreaterThanOrEqual(4)
        for (let at = from; at < to; at++) expect(bytes[at]).toBe(bytes[at - distance])
        // The last copy begins 12 bytes before the end at the latest, and the last 5 bytes are literals.
        expect(from).toBeLessThanOrEqual(bytes.length - 12)
        expect(to).toBeLessThanOrEqual(bytes.length - 5)
      }
    }),
    { numRuns: 300, seed: 9 },
  )
})

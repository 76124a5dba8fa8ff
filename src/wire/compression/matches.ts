/**
 * Finds repetitions for LZ4 and snappy: greedy, by a table of where each four bytes were last seen. Both formats copy
 * from at most 64 KiB back, and LZ4 asks that a block ends with literals (lz4_Block_format.md, "End of block").
 */

/** Takes what was found, in order: bytes as they are, then a copy of `length` bytes from `distance` back. */
export interface MatchSink {
  match(literalStart: number, literalEnd: number, distance: number, length: number): void
  /** The bytes behind the last copy; may be none. */
  rest(start: number, end: number): void
}

const shortest = 4
/** A copy begins no later than so many bytes before the end, and ends no later than so many. */
const lastBeginning = 12
const lastEnd = 5
const tableBits = 14
/** The longer nothing is found, the larger the steps: bytes that can't be compressed cost little time. */
const patienceBits = 5

const table = new Int32Array(1 << tableBits)

/** Goes through `source` from `start` to `end`, which are at most 64 KiB apart. */
export function findMatches(source: Uint8Array, start: number, end: number, sink: MatchSink): void {
  // Positions are kept from `start` on and one up: 0 says never seen.
  table.fill(0)
  let literalStart = start
  let misses = 1 << patienceBits
  for (let at = start; at <= end - lastBeginning; ) {
    const place = hash(source, at)
    const candidate = table[place]! - 1 + start
    table[place] = at - start + 1
    if (candidate < start || !isSame(source, candidate, at)) {
      at += misses++ >>> patienceBits
      continue
    }
    const length = lengthOf(source, candidate, at, end - lastEnd)
    sink.match(literalStart, at, at - candidate, length)
    at += length
    literalStart = at
    misses = 1 << patienceBits
  }
  sink.rest(literalStart, end)
}

function hash(source: Uint8Array, at: number): number {
  const word = source[at]! | (source[at + 1]! << 8) | (source[at + 2]! << 16) | (source[at + 3]! << 24)
  return Math.imul(word, 0x9e3779b1) >>> (32 - tableBits)
}

function isSame(source: Uint8Array, one: number, other: number): boolean {
  return (
    source[one] === source[other] &&
    source[one + 1] === source[other + 1] &&
    source[one + 2] === source[other + 2] &&
    source[one + 3] === source[other + 3]
  )
}

function lengthOf(source: Uint8Array, candidate: number, at: number, limit: number): number {
  let length = shortest
  while (at + length < limit && source[candidate + length] === source[at + length]) length++
  return length
}

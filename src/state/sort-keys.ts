/** Sorts places by the bytes of their keys, a byte at a time: comparing keys pair by pair would take most of a restore. */

const values = 256
const fewPlaces = 24

/** Keys as ranges of one buffer. */
export interface KeyRanges {
  readonly bytes: Buffer
  /** The key of place p is `bytes[starts[p], ends[p])`. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

/**
 * Places 0 … count − 1 in the unsigned order of their keys; equal keys stay in the order they have.
 * @example for (const place of sortKeys(keys, count)) …
 */
export function sortKeys(keys: KeyRanges, count: number): Uint32Array {
  const places = new Uint32Array(count)
  for (let place = 0; place < count; place++) places[place] = place
  const spare = new Uint32Array(count)
  const pending: [from: number, to: number, depth: number][] = [[0, count, 0]]
  for (let range = pending.pop(); range !== undefined; range = pending.pop()) {
    const [from, to, depth] = range
    if (to - from <= fewPlaces) insertionSort(keys, places, from, to, depth)
    else pending.push(...distribute(keys, places, spare, range))
  }
  return places
}

/** Sorts a range by one byte. @returns the ranges that are equal up to there */
function distribute(
  keys: KeyRanges,
  places: Uint32Array,
  spare: Uint32Array,
  [from, to, depth]: [number, number, number],
): [number, number, number][] {
  const ends = new Uint32Array(values + 2)
  for (let at = from; at < to; at++) ends[digitOf(keys, places[at]!, depth) + 1]!++
  // Keys often begin alike: then nothing moves.
  const first = digitOf(keys, places[from]!, depth)
  if (ends[first + 1] === to - from) return first === 0 ? [] : [[from, to, depth + 1]]
  for (let digit = 0; digit <= values; digit++) ends[digit + 1]! += ends[digit]!
  for (let at = from; at < to; at++) {
    const place = places[at]!
    spare[from + ends[digitOf(keys, place, depth)]!++] = place
  }
  places.set(spare.subarray(from, to), from)
  const ranges: [number, number, number][] = []
  // Digit 0 is the end of a key: these are equal, and in order.
  for (let digit = 1; digit <= values; digit++) {
    const [start, end] = [from + ends[digit - 1]!, from + ends[digit]!]
    if (end - start > 1) ranges.push([start, end, depth + 1])
  }
  return ranges
}

/** The byte at a depth plus 1; 0 behind the key's end. */
function digitOf({ bytes, starts, ends }: KeyRanges, place: number, depth: number): number {
  const at = starts[place]! + depth
  return at < ends[place]! ? bytes[at]! + 1 : 0
}

function insertionSort(keys: KeyRanges, places: Uint32Array, from: number, to: number, depth: number): void {
  for (let next = from + 1; next < to; next++) {
    const place = places[next]!
    let at = next
    while (at > from && compare(keys, places[at - 1]!, place, depth) > 0) {
      places[at] = places[at - 1]!
      at--
    }
    places[at] = place
  }
}

function compare(keys: KeyRanges, one: number, other: number, from: number): number {
  for (let depth = from; ; depth++) {
    const left = digitOf(keys, one, depth)
    const right = digitOf(keys, other, depth)
    if (left !== right) return left - right
    if (left === 0) return 0
  }
}

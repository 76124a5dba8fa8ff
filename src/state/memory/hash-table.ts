/** Rows by key: addresses of blocks in an open table, found by a hash of the key. */
import type { Blocks } from './blocks.ts'

const initialPlaces = 8
const maxLoad = 0.7

/**
 * A place is two numbers side by side, so that a look at it is one look into memory: an address (0 = empty), and the hash
 * of its key, so that a growing table reads no key and few others are compared.
 */
export class HashTable {
  size = 0
  private readonly blocks: Blocks
  private places = new Uint32Array(2 * initialPlaces)

  constructor(blocks: Blocks) {
    this.blocks = blocks
  }

  /** The address of a key's row, 0 if there is none. */
  find(key: Buffer): number {
    return this.places[this.placeOf(key, hashOf(key))]!
  }

  set(key: Buffer, row: Buffer): void {
    const hash = hashOf(key)
    const place = this.placeOf(key, hash)
    const address = this.places[place]!
    if (address !== 0) {
      this.places[place] = this.blocks.replace(address, key, row)
      return
    }
    this.places[place] = this.blocks.add(key, row)
    this.places[place + 1] = hash
    if (++this.size > (this.places.length / 2) * maxLoad) this.grow()
  }

  delete(key: Buffer): void {
    const place = this.placeOf(key, hashOf(key))
    const address = this.places[place]!
    if (address === 0) return
    this.blocks.remove(address)
    this.close(place)
    this.size--
  }

  *all(): Generator<number> {
    const { places } = this
    for (let place = 0; place < places.length; place += 2) if (places[place] !== 0) yield places[place]!
  }

  clear(): void {
    this.size = 0
    this.places = new Uint32Array(2 * initialPlaces)
  }

  /** Where the key stands, or the empty place where it would. */
  private placeOf(key: Buffer, hash: number): number {
    const { places } = this
    const mask = places.length - 1
    let place = homeOf(hash, mask)
    for (;;) {
      const address = places[place]!
      if (address === 0 || (places[place + 1] === hash && this.blocks.hasKey(address, key))) return place
      place = (place + 2) & mask
    }
  }

  /** Moves back what stands behind an emptied place and would not be found any more. */
  private close(emptied: number): void {
    const { places } = this
    const mask = places.length - 1
    let hole = emptied
    for (let place = (hole + 2) & mask; places[place] !== 0; place = (place + 2) & mask) {
      const home = homeOf(places[place + 1]!, mask)
      if (((place - home) & mask) < ((place - hole) & mask)) continue
      places[hole] = places[place]!
      places[hole + 1] = places[place + 1]!
      hole = place
    }
    places[hole] = 0
  }

  private grow(): void {
    const before = this.places
    const places = new Uint32Array(2 * before.length)
    const mask = places.length - 1
    for (let from = 0; from < before.length; from += 2) {
      if (before[from] === 0) continue
      let place = homeOf(before[from + 1]!, mask)
      while (places[place] !== 0) place = (place + 2) & mask
      places[place] = before[from]!
      places[place + 1] = before[from + 1]!
    }
    this.places = places
  }
}

/** Where a hash wants to stand: an even number up to the mask. */
function homeOf(hash: number, mask: number): number {
  return (hash << 1) & mask
}

/** FNV-1a with its bits mixed once more, since the table looks at the low ones. */
function hashOf(key: Buffer): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key[index]!, 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}

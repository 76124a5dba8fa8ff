/** Rows by key: addresses of blocks in an open table, found by a hash of the key. */
import type { Blocks } from './blocks.ts'

const initialPlaces = 8
const maxLoad = 0.7

export class HashTable {
  size = 0
  private readonly blocks: Blocks
  /** 0 = empty. */
  private addresses = new Uint32Array(initialPlaces)
  /** So that a growing table reads no key. */
  private hashes = new Uint32Array(initialPlaces)

  constructor(blocks: Blocks) {
    this.blocks = blocks
  }

  /** The address of a key's row, 0 if there is none. */
  find(key: Buffer): number {
    return this.addresses[this.placeOf(key, hashOf(key))]!
  }

  set(key: Buffer, row: Buffer): void {
    const hash = hashOf(key)
    const place = this.placeOf(key, hash)
    const address = this.addresses[place]!
    if (address !== 0) {
      this.addresses[place] = this.blocks.replace(address, key, row)
      return
    }
    this.addresses[place] = this.blocks.add(key, row)
    this.hashes[place] = hash
    if (++this.size > this.addresses.length * maxLoad) this.grow()
  }

  delete(key: Buffer): void {
    const place = this.placeOf(key, hashOf(key))
    const address = this.addresses[place]!
    if (address === 0) return
    this.blocks.remove(address)
    this.close(place)
    this.size--
  }

  *all(): Generator<number> {
    for (const address of this.addresses) if (address !== 0) yield address
  }

  clear(): void {
    this.size = 0
    this.addresses = new Uint32Array(initialPlaces)
    this.hashes = new Uint32Array(initialPlaces)
  }

  /** Where the key stands, or the empty place where it would. */
  private placeOf(key: Buffer, hash: number): number {
    const { addresses, hashes } = this
    const mask = addresses.length - 1
    let place = hash & mask
    for (;;) {
      const address = addresses[place]!
      if (address === 0 || (hashes[place] === hash && this.blocks.hasKey(address, key))) return place
      place = (place + 1) & mask
    }
  }

  /** Moves back what stands behind an emptied place and would not be found any more. */
  private close(emptied: number): void {
    const { addresses, hashes } = this
    const mask = addresses.length - 1
    let hole = emptied
    for (let place = (hole + 1) & mask; addresses[place] !== 0; place = (place + 1) & mask) {
      const home = hashes[place]! & mask
      if (((place - home) & mask) < ((place - hole) & mask)) continue
      addresses[hole] = addresses[place]!
      hashes[hole] = hashes[place]!
      hole = place
    }
    addresses[hole] = 0
  }

  private grow(): void {
    const { addresses, hashes } = this
    this.addresses = new Uint32Array(2 * addresses.length)
    this.hashes = new Uint32Array(2 * addresses.length)
    const mask = this.addresses.length - 1
    for (let from = 0; from < addresses.length; from++) {
      if (addresses[from] === 0) continue
      let place = hashes[from]! & mask
      while (this.addresses[place] !== 0) place = (place + 1) & mask
      this.addresses[place] = addresses[from]!
      this.hashes[place] = hashes[from]!
    }
  }
}

/** FNV-1a with its bits mixed once more, since the table looks at the low ones. */
function hashOf(key: Buffer): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key[index]!, 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}

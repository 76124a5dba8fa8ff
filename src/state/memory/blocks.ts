/** Rows packed into a few large buffers: a million of them are no million objects for the garbage collector. */

const unitBytes = 8
/** Addresses are taken apart by shifts: a division for each look at a row shows. */
const chunkShift = 15
const chunkUnits = 1 << chunkShift
const chunkBytes = chunkUnits * unitBytes
const headerBytes = 8
const keyLengthAt = 4

/**
 * A block is `row length (4) | key length (2) | unused (2) | key | row`. Its address counts units of 8 bytes and is never
 * 0. Freed blocks are used again for rows of the same size.
 */
export class Blocks {
  private chunks: (Buffer | undefined)[] = []
  private readonly free = new Map<number, number[]>()
  /** The first unit that was never used, and where its chunk ends. */
  private next = 1
  private end = 0

  /** @returns the address */
  add(key: Buffer, row: Buffer): number {
    const address = this.allocate(unitsOf(key.length, row.length))
    const chunk = this.chunkOf(address)
    const at = offsetOf(address)
    chunk.writeUInt32LE(row.length, at)
    chunk.writeUInt16LE(key.length, at + keyLengthAt)
    copy(key, chunk, at + headerBytes)
    copy(row, chunk, at + headerBytes + key.length)
    return address
  }

  /** Another row under the same key. @returns its address */
  replace(address: number, key: Buffer, row: Buffer): number {
    const chunk = this.chunkOf(address)
    const at = offsetOf(address)
    if (unitsOf(key.length, row.length) !== unitsOf(key.length, chunk.readUInt32LE(at))) {
      this.remove(address)
      return this.add(key, row)
    }
    chunk.writeUInt32LE(row.length, at)
    copy(row, chunk, at + headerBytes + key.length)
    return address
  }

  remove(address: number): void {
    const chunk = this.chunkOf(address)
    const at = offsetOf(address)
    const units = unitsOf(chunk.readUInt16LE(at + keyLengthAt), chunk.readUInt32LE(at))
    const list = this.free.get(units)
    if (list === undefined) this.free.set(units, [address])
    else list.push(address)
  }

  key(address: number): Buffer {
    const chunk = this.chunkOf(address)
    const at = offsetOf(address)
    return chunk.subarray(at + headerBytes, at + headerBytes + chunk.readUInt16LE(at + keyLengthAt))
  }

  row(address: number): Buffer {
    const chunk = this.chunkOf(address)
    const at = offsetOf(address)
    const start = at + headerBytes + chunk.readUInt16LE(at + keyLengthAt)
    return chunk.subarray(start, start + chunk.readUInt32LE(at))
  }

  hasKey(address: number, key: Buffer): boolean {
    const chunk = this.chunkOf(address)
    const at = offsetOf(address)
    if (chunk.readUInt16LE(at + keyLengthAt) !== key.length) return false
    const start = at + headerBytes
    for (let index = 0; index < key.length; index++) if (chunk[start + index] !== key[index]) return false
    return true
  }

  keyLength(address: number): number {
    return this.chunkOf(address).readUInt16LE(offsetOf(address) + keyLengthAt)
  }

  /** Copies a key to where there is room for it. */
  copyKey(address: number, to: Buffer, at: number): void {
    const chunk = this.chunkOf(address)
    const start = offsetOf(address) + headerBytes
    const length = this.keyLength(address)
    if (length > short) chunk.copy(to, at, start, start + length)
    else for (let index = 0; index < length; index++) to[at + index] = chunk[start + index]!
  }

  /** Orders a key and other bytes, unsigned: below 0 for a key that comes before them. */
  compareKey(address: number, other: Buffer): number {
    const chunk = this.chunkOf(address)
    const start = offsetOf(address) + headerBytes
    const length = this.keyLength(address)
    const shared = Math.min(length, other.length)
    for (let index = 0; index < shared; index++) {
      if (chunk[start + index] !== other[index]) return chunk[start + index]! - other[index]!
    }
    return length - other.length
  }

  clear(): void {
    this.chunks = []
    this.free.clear()
    this.next = 1
    this.end = 0
  }

  private allocate(units: number): number {
    const freed = this.free.get(units)?.pop()
    if (freed !== undefined) return freed
    if (this.next + units > this.end) this.grow(units)
    const address = this.next
    // What is left behind a block larger than the usual size is in no place of the list.
    this.next = units < chunkUnits ? address + units : this.end
    return address
  }

  /** A chunk takes as many places in the list as it has multiples of the usual size. */
  private grow(units: number): void {
    const places = Math.max(1, Math.ceil((units + 1) / chunkUnits))
    const first = this.chunks.length
    this.chunks.push(Buffer.allocUnsafeSlow(places * chunkBytes))
    for (let place = 1; place < places; place++) this.chunks.push(undefined)
    this.next = first * chunkUnits + (first === 0 ? 1 : 0)
    this.end = (first + places) * chunkUnits
  }

  private chunkOf(address: number): Buffer {
    return this.chunks[address >>> chunkShift]!
  }
}

function offsetOf(address: number): number {
  return (address & (chunkUnits - 1)) * unitBytes
}

function unitsOf(keyLength: number, rowLength: number): number {
  return Math.ceil((headerBytes + keyLength + rowLength) / unitBytes)
}

const short = 48

/** For a few bytes a loop is faster than asking the engine. */
function copy(from: Buffer, to: Buffer, at: number): void {
  if (from.length > short) from.copy(to, at)
  else for (let index = 0; index < from.length; index++) to[at + index] = from[index]!
}

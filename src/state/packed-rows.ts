/** Many restored rows in one buffer, given out in the order of their keys. */
import type { RowChange } from './rows.ts'
import { sortKeys } from './sort-keys.ts'

const initialBytes = 65_536
const initialRows = 1_024
/** For all stores that are restored at a time: a worker may have hundreds. */
const allBytes = 134_217_728
const mostBytes = 33_554_432

/** Those that hold rows or room for some. */
const inUse = new Set<PackedRows>()

export class PackedRows {
  count = 0
  length = 0
  private readonly capacity: number
  private bytes = Buffer.alloc(0)
  private starts = new Uint32Array(0)
  private keyEnds = new Uint32Array(0)
  /** Equal to the key's end where the row is deleted. */
  private ends = new Uint32Array(0)

  /** True when it is time to give out what there is. */
  get isFull(): boolean {
    return this.count === this.capacity || this.length >= Math.min(mostBytes, allBytes / inUse.size)
  }

  /** @param capacity most rows that it takes */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  add(key: Buffer, row: Buffer | null): void {
    if (this.count === this.starts.length) this.extend()
    this.reserve(key.length + (row?.length ?? 0))
    const { bytes, count } = this
    this.starts[count] = this.length
    this.length += key.copy(bytes, this.length)
    this.keyEnds[count] = this.length
    if (row !== null) this.length += row.copy(bytes, this.length)
    this.ends[count] = this.length
    this.count++
  }

  /** Views that hold until rows are added again. */
  *changes(): Generator<RowChange> {
    const { bytes, starts, keyEnds, ends } = this
    for (const place of sortKeys({ bytes, starts, ends: keyEnds }, this.count)) {
      const keyEnd = keyEnds[place]!
      const row = ends[place] === keyEnd ? null : bytes.subarray(keyEnd, ends[place])
      yield { key: bytes.subarray(starts[place], keyEnd), bytes: row, index: null, unindex: null }
    }
  }

  /** Ready for more; the room stays. */
  drop(): void {
    this.count = 0
    this.length = 0
  }

  /** Gives the room back as well. */
  close(): void {
    this.drop()
    this.bytes = Buffer.alloc(0)
    this.starts = this.keyEnds = this.ends = new Uint32Array(0)
    inUse.delete(this)
  }

  private extend(): void {
    inUse.add(this)
    const rows = Math.min(this.capacity, Math.max(initialRows, 2 * this.starts.length))
    this.starts = extended(this.starts, rows)
    this.keyEnds = extended(this.keyEnds, rows)
    this.ends = extended(this.ends, rows)
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(initialBytes, 2 * (this.length + bytes)))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }
}

function extended(numbers: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length)
  longer.set(numbers)
  return longer
}

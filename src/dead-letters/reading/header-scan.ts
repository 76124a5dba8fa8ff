/** Finds a few headers of a record by their bytes: no name is decoded, no object is made a record. */
import type { RecordCursor } from '../../wire/batch.ts'
import { readSigned } from '../../wire/numbers.ts'

/**
 * Looks for the same names in record after record.
 * @example
 * const scan = new HeaderScan(['__millrace.dlq.fingerprint'])
 * scan.read(cursor)
 * scan.text(0) // of the last header of that name; null where there is none
 */
export class HeaderScan {
  readonly #names: readonly Buffer[]
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #position = { at: 0 }
  #bytes: Buffer = Buffer.alloc(0)

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => Buffer.from(name))
    this.#starts = new Int32Array(names.length)
    this.#ends = new Int32Array(names.length)
  }

  /** Of the record under the cursor; holds until the next call. */
  read(cursor: RecordCursor): void {
    const position = this.#position
    this.#bytes = cursor.bytes
    this.#starts.fill(-1)
    position.at = cursor.headersStart
    for (let left = cursor.headerCount; left > 0; left--) {
      const nameLength = readSigned(cursor.bytes, position)
      const nameStart = position.at
      position.at += Math.max(0, nameLength)
      const valueLength = readSigned(cursor.bytes, position)
      const found = this.#find(nameStart, nameLength)
      if (found >= 0) {
        this.#starts[found] = valueLength < 0 ? -1 : position.at
        this.#ends[found] = position.at + valueLength
      }
      position.at += Math.max(0, valueLength)
    }
  }

  has(index: number): boolean {
    return this.#starts[index]! >= 0
  }

  /** At most so many bytes of it. */
  text(index: number, longest = 64): string | null {
    const start = this.#starts[index]!
    return start < 0 ? null : this.#bytes.toString('latin1', start, Math.min(this.#ends[index]!, start + longest))
  }

  #find(start: number, length: number): number {
    for (let index = 0; index < this.#names.length; index++) {
      const name = this.#names[index]!
      if (name.length === length && this.#isAt(name, start)) return index
    }
    return -1
  }

  /** From the end: names of a family begin alike. */
  #isAt(name: Buffer, start: number): boolean {
    for (let at = name.length - 1; at >= 0; at--) if (name[at] !== this.#bytes[start + at]) return false
    return true
  }
}

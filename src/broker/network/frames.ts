/** Cuts what a socket gives into frames: a size of four bytes, then as many bytes. */

/** Kafka's `socket.request.max.bytes`. */
const largestFrame = 100 * 1024 * 1024
const sizeBytes = 4
/** Below this the garbage collector does well enough. */
const worthFreeing = 16 * 1024

export class FrameReader {
  readonly #pieces: Buffer[] = []
  #length = 0
  /** Size of the frame begun; -1 while its size is not there. */
  #size = -1

  /**
   * The frames that are whole with `chunk`, without their sizes; null when the stream is not Kafka's protocol. What is
   * kept grows with what was received, whatever size was promised. The chunk belongs to the reader from then on.
   */
  push(chunk: Buffer): Buffer[] | null {
    this.#pieces.push(chunk)
    this.#length += chunk.length
    const frames: Buffer[] = []
    for (;;) {
      if (this.#size < 0) {
        if (this.#length < sizeBytes) return frames
        this.#size = this.#take(sizeBytes).readInt32BE(0)
        if (this.#size < 0 || this.#size > largestFrame) return null
      }
      if (this.#length < this.#size) return frames
      frames.push(this.#take(this.#size))
      this.#size = -1
    }
  }

  /** The next bytes, which must be there. Copied only where they came in several pieces. */
  #take(count: number): Buffer {
    const first = this.#pieces[0]
    if (first === undefined || first.length < count) return this.#gather(count)
    this.#length -= count
    if (first.length === count) this.#pieces.shift()
    else this.#pieces[0] = first.subarray(count)
    return first.subarray(0, count)
  }

  #gather(count: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(count)
    let taken = 0
    let whole = 0
    for (const piece of this.#pieces) {
      if (taken + piece.length > count) break
      taken += piece.copy(bytes, taken)
      whole++
    }
    for (const piece of this.#pieces.splice(0, whole)) free(piece)
    const rest = count - taken
    if (rest > 0) {
      const last = this.#pieces[0]!
      last.copy(bytes, taken, 0, rest)
      this.#pieces[0] = last.subarray(rest)
    }
    this.#length -= count
    return bytes
  }
}

/**
 * Gives the memory of a large frame back at once, if nothing else lies in it: until the garbage collector looks at
 * it, megabytes would come together. Nobody may look at the frame any more, nor at a view of it.
 */
export function free({ buffer, byteOffset, byteLength }: Buffer): void {
  // Before a frame that is alone lies its size, and nothing else.
  const isAlone = byteOffset <= sizeBytes && byteOffset + byteLength === buffer.byteLength
  if (isAlone && byteLength >= worthFreeing && buffer instanceof ArrayBuffer) buffer.transfer(0)
}

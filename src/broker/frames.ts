/** Cuts what a socket gives into frames: a size of four bytes, then as many bytes. */

/** Kafka's `socket.request.max.bytes`. */
const largestFrame = 100 * 1024 * 1024
const sizeBytes = 4

export class FrameReader {
  #pieces: Buffer[] = []
  #length = 0
  /** Size of the frame begun; -1 while its size is not there. */
  #size = -1

  /**
   * The frames that are whole with `chunk`, without their sizes; null when the stream is not Kafka's protocol. What is
   * kept grows with what was received, whatever size was promised.
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
    if (first === undefined || first.length < count) {
      this.#pieces = [Buffer.concat(this.#pieces, this.#length)]
      return this.#take(count)
    }
    this.#length -= count
    if (first.length === count) this.#pieces.shift()
    else this.#pieces[0] = first.subarray(count)
    return first.subarray(0, count)
  }
}

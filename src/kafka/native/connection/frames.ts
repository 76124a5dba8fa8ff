/** Cuts a TCP stream into Kafka's frames: a length of four bytes, then so many bytes. */
import { WireError } from '../../../wire/wire-error.ts'

/** Longer frames are taken for garbage: Kafka's own limit is 100 MiB for requests, and no reply we ask for comes near. */
const longestFrame = 128 * 1024 * 1024

/**
 * Collects each frame in memory of its own and of exactly its size: batches may be views into it for as long as they
 * like, without holding the socket's buffers, and each byte is copied once.
 */
export class FrameReader {
  readonly #onFrame: (frame: Buffer) => void
  #length = 0
  #lengthBytes = 0
  #frame: Buffer | null = null
  #filled = 0

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame
  }

  /** @throws WireError when a length makes no sense; the stream can't be read any further then */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#frame === null) {
        this.#length = (this.#length << 8) | chunk[at++]!
        if (++this.#lengthBytes === 4) this.#begin()
        continue
      }
      const taken = Math.min(chunk.length - at, this.#frame.length - this.#filled)
      this.#frame.set(taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      if (this.#filled === this.#frame.length) this.#finish(this.#frame)
    }
  }

  #begin(): void {
    if (this.#length < 4 || this.#length > longestFrame)
      throw new WireError('invalid-length', `a frame of ${this.#length} bytes`)
    this.#frame = Buffer.allocUnsafeSlow(this.#length)
  }

  #finish(frame: Buffer): void {
    this.#frame = null
    this.#length = 0
    this.#lengthBytes = 0
    this.#filled = 0
    this.#onFrame(frame)
  }
}

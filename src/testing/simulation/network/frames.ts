/** Tells where Kafka's frames end in a stream of pieces, without keeping them. */

/** Called with the length of each frame when its last byte has come. */
export class FrameEnds {
  #headBytes = 0
  #length = 0
  #remaining = 0
  readonly #ended: (length: number) => void

  constructor(ended: (length: number) => void) {
    this.#ended = ended
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#headBytes < 4) {
        this.#length = (this.#length << 8) | chunk[at++]!
        if (++this.#headBytes === 4) this.#remaining = this.#length
      } else {
        const taken = Math.min(this.#remaining, chunk.length - at)
        this.#remaining -= taken
        at += taken
      }
      if (this.#headBytes === 4 && this.#remaining === 0) this.#end()
    }
  }

  #end(): void {
    const length = this.#length
    this.#headBytes = 0
    this.#length = 0
    this.#ended(length)
  }
}

/**
 * Producer ids, never given twice. They are reserved in blocks, and a block is written down before its first id is given,
 * so that a broker that starts again goes on behind everything it may ever have given.
 */
const blockSize = 1000

export class ProducerIds {
  #next = 0
  #end = 0
  /** Told of the first id that no block reserves yet, before one is given; replaced by whoever keeps it. */
  reserve: (firstFree: number) => void = () => {}

  next(): number {
    if (this.#next >= this.#end) this.#reserveBlock(this.#next)
    return this.#next++
  }

  /** Goes on at `firstFree`, which `reserve` was told of once. */
  resume(firstFree: number): void {
    if (firstFree < this.#end || firstFree <= this.#next) return
    this.#next = firstFree
    this.#end = firstFree
  }

  /** The id is in use: what is given from now on lies above it, and above its whole block. */
  skip(id: number): void {
    if (id >= this.#end) this.resume((Math.floor(id / blockSize) + 1) * blockSize)
  }

  #reserveBlock(first: number): void {
    this.reserve(first + blockSize)
    this.#end = first + blockSize
  }
}

/** Views that load and store four bytes at once, at any place. */

/** Few enough to be searched in a few nanoseconds, and to hold on to: a fetched batch and open batches of some partitions. */
const places = 8

/** Making a view costs more than writing a small record, so the last ones are kept: records come from and go to a few buffers. */
export class Views {
  readonly #buffers: (Buffer | null)[] = new Array<Buffer | null>(places).fill(null)
  readonly #views: (DataView | null)[] = new Array<DataView | null>(places).fill(null)
  #next = 0

  of(bytes: Buffer): DataView {
    for (let place = 0; place < places; place++) if (this.#buffers[place] === bytes) return this.#views[place]!
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#buffers[this.#next] = bytes
    this.#views[this.#next] = view
    this.#next = (this.#next + 1) % places
    return view
  }
}

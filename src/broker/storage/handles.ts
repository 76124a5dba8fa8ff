/** Open files, not more than the operating system lets a process have: the one used longest ago is closed first. */
import type { FileSystem } from './file-system.ts'

const mostOpen = 100

export class Handles {
  readonly #files: FileSystem
  readonly #limit: number
  /** By path, in the order of their last use. */
  readonly #open: Map<string, number> = new Map()
  #isClosed = false

  constructor(files: FileSystem, limit: number = mostOpen) {
    this.#files = files
    this.#limit = limit
  }

  /** The handle of a file, which is valid until the next call. */
  of(path: string, create = false): number {
    const known = this.#open.get(path)
    if (known !== undefined) {
      this.#open.delete(path)
      this.#open.set(path, known)
      return known
    }
    // Another broker may be using the files by now.
    if (this.#isClosed) throw new Error('the broker is closed')
    while (this.#open.size >= this.#limit) this.close(this.#open.keys().next().value as string)
    const handle = this.#files.open(path, create)
    this.#open.set(path, handle)
    return handle
  }

  close(path: string): void {
    const handle = this.#open.get(path)
    if (handle === undefined) return
    this.#open.delete(path)
    this.#files.close(handle)
  }

  /** From now on nothing can be opened. */
  closeAll(): void {
    this.#isClosed = true
    for (const path of [...this.#open.keys()]) this.close(path)
  }

  get count(): number {
    return this.#open.size
  }
}

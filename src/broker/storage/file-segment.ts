/** One segment in a file: raw batches, exactly as Kafka writes them. A read is one call into a fresh buffer. */
import { toError } from '../../faults.ts'
import type { FileSystem } from './file-system.ts'
import type { Handles } from './handles.ts'
import { type SegmentBytes, StorageFault } from './segment-bytes.ts'

/** none: the operating system decides · interval: once in a while · always: before the answer. */
export type FlushPolicy = 'none' | 'interval' | 'always'

/** What all files of a directory share. */
export interface FileContext {
  readonly files: FileSystem
  readonly handles: Handles
  readonly flush: FlushPolicy
  /** Segments with bytes that a loss of power would take. */
  readonly unsynced: Set<FileSegment>
}

export class FileSegment implements SegmentBytes {
  readonly #context: FileContext
  #path: string
  #size: number
  #syncedSize: number
  /** Whether bytes of a failed write may lie behind the end. */
  #isTorn = false

  constructor(context: FileContext, path: string, size: number) {
    this.#context = context
    this.#path = path
    this.#size = size
    this.#syncedSize = size
  }

  get path(): string {
    return this.#path
  }

  get sizeInBytes(): number {
    return this.#size
  }

  append(bytes: Buffer, start: number, end: number): void {
    const { files, handles, unsynced, flush } = this.#context
    this.#guard(() => {
      const handle = handles.of(this.#path, this.#size === 0)
      if (this.#isTorn) this.#cut(handle)
      this.#isTorn = true
      files.write(handle, bytes, start, end, this.#size)
      if (flush === 'always') files.sync(handle)
      this.#isTorn = false
    })
    this.#size += end - start
    if (flush === 'always') this.#syncedSize = this.#size
    else unsynced.add(this)
  }

  read(start: number, end: number): Buffer[] {
    const { files, handles } = this.#context
    const bytes = Buffer.allocUnsafeSlow(end - start)
    const count = this.#guard(() => files.read(handles.of(this.#path), bytes, start))
    if (count < bytes.length) throw new StorageFault(`${this.#path} ends at ${start + count}, not at ${this.#size}`)
    return [bytes]
  }

  truncate(size: number): void {
    this.#guard(() => this.#context.files.truncate(this.#context.handles.of(this.#path, true), size))
    this.#size = size
    this.#syncedSize = Math.min(this.#syncedSize, size)
  }

  release(): void {}

  sync(): void {
    if (this.#size > 0) this.#guard(() => this.#context.files.sync(this.#context.handles.of(this.#path)))
    this.#syncedSize = this.#size
    this.#context.unsynced.delete(this)
  }

  /** What a loss of power takes. */
  loseUnsynced(): void {
    this.truncate(this.#syncedSize)
    this.#context.unsynced.delete(this)
  }

  rename(path: string): void {
    const { files, handles } = this.#context
    handles.close(this.#path)
    this.#guard(() => files.rename(this.#path, path))
    this.#path = path
  }

  remove(): void {
    const { files, handles, unsynced } = this.#context
    handles.close(this.#path)
    unsynced.delete(this)
    this.#guard(() => files.remove(this.#path))
  }

  /** The torn bytes of a failed write go as soon as the disk lets them. */
  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (cause) {
      if (this.#isTorn) this.#tryToCut()
      throw new StorageFault(`${this.#path}: ${toError(cause).message}`, { cause })
    }
  }

  #tryToCut(): void {
    try {
      this.#cut(this.#context.handles.of(this.#path))
    } catch {
      // Then before the next write.
    }
  }

  #cut(handle: number): void {
    this.#context.files.truncate(handle, this.#size)
    this.#isTorn = false
  }
}

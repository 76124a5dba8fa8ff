/**
 * The folder of one partition: a file for each segment, named by the offset of its first record.
 * `.cleaned` is being written and worth nothing; `.swap` is whole and wins over the segments it was made of.
 */
import { join } from 'node:path'
import { toError } from '../../faults.ts'
import { type FileContext, FileSegment } from './file-segment.ts'
import { type FoundSegment, type PartitionStorage, StorageFault } from './segment-bytes.ts'

const logName = /^(\d{20})\.log$/
const swapName = /^(\d{20})-(\d{20})\.swap$/

export class PartitionFiles implements PartitionStorage {
  readonly #context: FileContext
  readonly #folder: string

  constructor(context: FileContext, folder: string) {
    this.#context = context
    this.#folder = folder
  }

  open(): FoundSegment[] {
    this.#finishSwaps()
    const { files, handles } = this.#context
    const bases = this.#basesOf(logName)
    return bases.map((baseOffset) => {
      const path = this.#pathOf(baseOffset, 'log')
      const { sizeInBytes, modifiedAt } = files.status(handles.of(path))
      return { baseOffset, bytes: new FileSegment(this.#context, path, sizeInBytes), modifiedAt }
    })
  }

  /** The file of the first segment comes with its first batch: a topic without records leaves no trace. */
  create(baseOffset: number): FileSegment {
    const segment = new FileSegment(this.#context, this.#pathOf(baseOffset, 'log'), 0)
    if (baseOffset > 0) segment.truncate(0)
    return segment
  }

  createReplacement(baseOffset: number): FileSegment {
    const segment = new FileSegment(this.#context, this.#pathOf(baseOffset, 'cleaned'), 0)
    segment.truncate(0)
    return segment
  }

  swap(replaced: readonly FileSegment[], replacement: FileSegment): void {
    replacement.sync()
    const [first, last] = [replaced[0]!, replaced.at(-1)!].map(baseOffsetOf) as [number, number]
    replacement.rename(join(this.#folder, `${padded(first)}-${padded(last)}.swap`))
    for (const segment of replaced) segment.remove()
    replacement.rename(this.#pathOf(first, 'log'))
  }

  remove(segment: FileSegment): void {
    segment.remove()
  }

  removeAll(): void {
    try {
      this.#context.files.remove(this.#folder)
    } catch (cause) {
      throw new StorageFault(`${this.#folder}: ${toError(cause).message}`, { cause })
    }
  }

  #finishSwaps(): void {
    const { files } = this.#context
    for (const name of files.list(this.#folder)) {
      if (name.endsWith('.cleaned')) files.remove(join(this.#folder, name))
      const swap = swapName.exec(name)
      if (swap === null) continue
      const [first, last] = [Number(swap[1]), Number(swap[2])]
      const replaced = this.#basesOf(logName).filter((base) => base >= first && base <= last)
      for (const base of replaced) files.remove(this.#pathOf(base, 'log'))
      files.rename(join(this.#folder, name), this.#pathOf(first, 'log'))
    }
  }

  #basesOf(pattern: RegExp): number[] {
    const names = this.#context.files.list(this.#folder).filter((name) => pattern.test(name))
    return names.map((name) => Number(pattern.exec(name)![1])).sort((one, other) => one - other)
  }

  #pathOf(baseOffset: number, ending: string): string {
    return join(this.#folder, `${padded(baseOffset)}.${ending}`)
  }
}

function padded(offset: number): string {
  return String(offset).padStart(20, '0')
}

function baseOffsetOf({ path }: FileSegment): number {
  return Number(/(\d{20})\.\w+$/.exec(path)![1])
}

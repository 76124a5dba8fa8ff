/**
 * A broker's directory: `meta.log`, a folder for each partition, `lock` while a broker uses it, and `clean-shutdown`
 * from the moment a broker has closed it in good order to the next start.
 */
import { join } from 'node:path'
import type { BrokerData } from './data.ts'
import type { FileContext, FileSegment, FlushPolicy } from './file-segment.ts'
import { type FileSystem, nodeFileSystem } from './file-system.ts'
import { Handles } from './handles.ts'
import { lock } from './lock.ts'
import { MetaLog } from './meta-log.ts'
import type { Change, Metadata } from './metadata.ts'
import { PartitionFiles } from './partition-files.ts'

const cleanName = 'clean-shutdown'

export interface DirectoryOptions {
  readonly directory: string
  readonly flush: FlushPolicy
  readonly files?: FileSystem
}

export class DirectoryData implements BrokerData {
  readonly checksTails: boolean
  readonly #directory: string
  readonly #context: FileContext
  readonly #meta: MetaLog
  readonly #unlock: () => void
  #isClosed = false

  /** @throws MillraceError MR1003 when the directory is in use, damaged, or of a newer version */
  constructor({ directory, flush, files = nodeFileSystem }: DirectoryOptions) {
    this.#directory = directory
    this.#context = { files, handles: new Handles(files), flush, unsynced: new Set<FileSegment>() }
    this.#unlock = lock(files, directory)
    try {
      this.#meta = new MetaLog(this.#context, directory)
      this.#removeDeleted()
      this.#meta.shorten()
      this.checksTails = files.readText(this.#cleanPath) === null
      files.remove(this.#cleanPath)
    } catch (error) {
      this.#release()
      throw error
    }
  }

  get metadata(): Metadata {
    return this.#meta.metadata
  }

  record(...changes: readonly Change[]): void {
    this.#meta.record(changes)
  }

  partition(topic: string, partition: number): PartitionFiles {
    return new PartitionFiles(this.#context, join(this.#directory, `${topic}-${partition}`))
  }

  flush(): void {
    for (const segment of [...this.#context.unsynced]) segment.sync()
  }

  close(): void {
    if (this.#isClosed) return
    try {
      this.flush()
      this.#context.files.createText(this.#cleanPath, '')
    } finally {
      this.#release()
    }
  }

  crash({ loseUnsynced }: { readonly loseUnsynced: boolean }): void {
    if (this.#isClosed) return
    if (loseUnsynced) for (const segment of [...this.#context.unsynced]) segment.loseUnsynced()
    this.#release()
  }

  get #cleanPath(): string {
    return join(this.#directory, cleanName)
  }

  /** A crash may have come between the deletion of a topic and that of its files. */
  #removeDeleted(): void {
    const deleted = this.#meta.deletedNames
    const live = new Set([...this.metadata.topics.values()].map(({ name }) => name))
    for (const name of this.#context.files.list(this.#directory)) {
      const topic = /^(.+)-\d+$/.exec(name)?.[1]
      if (topic !== undefined && deleted.has(topic) && !live.has(topic)) {
        this.#context.files.remove(join(this.#directory, name))
      }
    }
  }

  #release(): void {
    this.#isClosed = true
    this.#context.handles.closeAll()
    this.#unlock()
  }
}

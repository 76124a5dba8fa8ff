/** Where a broker keeps what it has: in memory, or in a directory. */
import { MemoryStorage } from './memory.ts'
import { applied, type Change, type Metadata, noMetadata } from './metadata.ts'
import type { PartitionStorage } from './segment-bytes.ts'

export interface BrokerData {
  readonly metadata: Metadata
  /** Whether the last broker here ended in bad order, so that the ends of logs have to be looked at. */
  readonly checksTails: boolean
  /** Remembers changes of the metadata that belong together. @throws StorageFault and nothing has changed */
  record(...changes: readonly Change[]): void
  partition(topic: string, partition: number): PartitionStorage
  /** Makes sure that what is written outlives a loss of power. @throws StorageFault */
  flush(): void
  /** Flushes, and says that all is in order. */
  close(): void
  /** Ends as a killed process does, or, with `loseUnsynced`, a machine without power. */
  crash(options: { readonly loseUnsynced: boolean }): void
}

/** All is gone with the broker. */
export class MemoryData implements BrokerData {
  readonly checksTails = false
  #metadata: Metadata = noMetadata

  get metadata(): Metadata {
    return this.#metadata
  }
  record(...changes: readonly Change[]): void {
    this.#metadata = changes.reduce(applied, this.#metadata)
  }
  partition(): PartitionStorage {
    return new MemoryStorage()
  }
  flush(): void {}
  close(): void {}
  crash(): void {}
}

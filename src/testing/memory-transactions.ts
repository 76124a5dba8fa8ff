import type { Appended, Transactions } from '../kafka/port.ts'
import { partitionName, type TopicPartition } from '../record.ts'
import type { BatchBuilder } from '../wire/batch.ts'
import type { MemoryLog } from './memory-log.ts'

/** Transactions on a log in memory: what is appended is seen after the commit, or never. */
export class MemoryTransactions implements Transactions {
  readonly protocol = 2
  private readonly log: MemoryLog
  private staged: { readonly partition: TopicPartition; readonly bytes: Buffer }[] = []

  constructor(log: MemoryLog) {
    this.log = log
  }

  get open(): boolean {
    return this.staged.length > 0
  }

  append({ topic, partition }: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    this.staged.push({ partition: { topic, partition }, bytes: batch.build({ transactional: true }) })
    return Promise.resolve({ offset: -1 })
  }

  /** Everything staged becomes visible at once. @returns where each partition written to ends now */
  publish(): (partition: TopicPartition) => number | undefined {
    const ends = new Map<string, number>()
    for (const { partition, bytes } of this.staged) {
      this.log.append(partition, bytes)
      ends.set(partitionName(partition), this.log.end(partition))
    }
    this.staged = []
    return (partition) => ends.get(partitionName(partition))
  }

  drop(): void {
    this.staged = []
  }

  async init(): Promise<void> {}
  async offsets(): Promise<void> {}
  async commit(): Promise<void> {
    this.publish()
  }
  async abort(): Promise<void> {
    this.drop()
  }
  async close(): Promise<void> {}
}

/** Tables that every worker holds whole: loaded to their end before processing starts, then kept current. */
import type { Kafka } from '../../kafka/port.ts'
import { publish } from '../../observe/events.ts'
import type { GlobalTableView } from '../../operators/operator.ts'
import { partitionsOfTopic, type TopicPartition } from '../../record.ts'
import { findNotReady } from '../../serde/not-ready.ts'
import type { TopicDefinition } from '../../topology/nodes.ts'
import { type Follower, follow } from './restore.ts'

/** Rows by encoded key. Values are decoded once, when they arrive. */
class GlobalTable implements GlobalTableView {
  private readonly definition: TopicDefinition
  private readonly rows = new Map<string, unknown>()

  constructor(definition: TopicDefinition) {
    this.definition = definition
  }

  get(key: unknown): unknown {
    const encoded = this.definition.key.encode(key)
    return encoded === null ? undefined : this.rows.get(token(encoded))
  }

  /** A row that can't be decoded leaves the former one in place and is reported. @throws NotReady for one that can't yet */
  apply(partition: TopicPartition, key: Buffer | null, value: Buffer | null, offset: number): void {
    if (key === null) return
    try {
      const name = token(this.definition.key.encode(this.definition.key.decode(key, 0, key.length))!)
      if (value === null) this.rows.delete(name)
      else this.rows.set(name, this.definition.value.decode(value, 0, value.length))
    } catch (error) {
      if (findNotReady(error) !== undefined) throw error
      publish('record.rejected', () => ({
        task: 'global',
        topic: partition.topic,
        partition: partition.partition,
        offset,
        code: 'MR3001',
      }))
    }
  }
}

/** A map key for an encoded key: a serde gives either always text or always bytes. */
function token(encoded: Uint8Array | string): string {
  return typeof encoded === 'string' ? encoded : Buffer.from(encoded).toString('latin1')
}

export class GlobalTables {
  private readonly tables: ReadonlyMap<string, GlobalTable>
  private follower: Follower | null = null

  constructor(definitions: readonly TopicDefinition[]) {
    this.tables = new Map(definitions.map((definition) => [definition.name, new GlobalTable(definition)]))
  }

  /** Resolves when every table has been read to its present end. `failed` is told when one can't be kept current. */
  async load(kafka: Kafka, partitions: ReadonlyMap<string, number>, failed: (error: unknown) => void): Promise<void> {
    if (this.tables.size === 0) return
    const all = [...this.tables.keys()].flatMap((topic) => partitionsOfTopic(topic, partitions.get(topic)!))
    const apply: Parameters<typeof follow>[2] = (partition, key, value, _timestamp, offset) =>
      this.apply(partition, key, value, offset)
    this.follower = await follow(kafka, all, apply, failed)
    await this.follower.caughtUp
  }

  /** One more record of a table's topic. */
  apply(partition: TopicPartition, key: Buffer | null, value: Buffer | null, offset: number): void {
    this.tables.get(partition.topic)!.apply(partition, key, value, offset)
  }

  view(topic: string): GlobalTableView {
    return this.tables.get(topic)!
  }

  async close(): Promise<void> {
    await this.follower?.close()
  }
}

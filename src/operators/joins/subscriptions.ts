/** Which left rows ask for which right row: under the foreign key, then the left row's. */
import { prefixEnd, RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'

export interface Subscription {
  readonly primaryKey: Buffer
  /** Which change of the left row asked. */
  readonly edition: number
  /** Of the left row. */
  readonly time: number
}

export class Subscriptions {
  private readonly store: OrderedStore
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore) {
    this.store = store
  }

  put(foreignKey: Buffer, { primaryKey, edition, time }: Subscription): void {
    this.store.put(this.rowKey(foreignKey, primaryKey), edition, time)
  }

  delete(foreignKey: Buffer, primaryKey: Buffer): void {
    this.store.delete(this.rowKey(foreignKey, primaryKey))
  }

  /** In the order of the left rows' keys. */
  *of(foreignKey: Buffer): Iterable<Subscription> {
    const prefix = this.writer.bytes(foreignKey).finish()
    for (const { key, value, time } of this.store.scan(prefix, prefixEnd(prefix))) {
      const reader = new RowKeyReader(key)
      reader.bytes()
      yield { primaryKey: reader.rest(), edition: value as number, time }
    }
  }

  private rowKey(foreignKey: Buffer, primaryKey: Buffer): Buffer {
    return this.writer.bytes(foreignKey).rest(primaryKey).finish()
  }
}

/** To which right row each left row belongs, and the number of its last change. */
import { RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import type { Subscriber } from '../../topology/nodes/joins.ts'

/** First byte of a row key: the numbers given so far have a row of their own. */
const parts = { count: 0, subscriber: 1 } as const

/** An edition that no change has: the row is gone. */
export const noEdition = 0

export class Subscribers {
  private readonly store: OrderedStore
  private readonly writer = new RowKeyWriter()
  private readonly countKey: Buffer

  constructor(store: OrderedStore) {
    this.store = store
    this.countKey = this.writer.byte(parts.count).finish()
  }

  get(key: Buffer): Subscriber | undefined {
    return this.store.get(this.rowKey(key))?.value as Subscriber | undefined
  }

  /** @returns the number of the change: no other change of any row has had it, so no answer is taken for another's */
  put(key: Buffer, foreignKey: Uint8Array | null, time: number): number {
    const count = this.store.get(this.countKey)?.value as Subscriber | undefined
    const edition = (count?.edition ?? noEdition) + 1
    this.store.put(this.countKey, { edition, foreignKey: null } satisfies Subscriber, time)
    this.store.put(this.rowKey(key), { edition, foreignKey } satisfies Subscriber, time)
    return edition
  }

  delete(key: Buffer): void {
    this.store.delete(this.rowKey(key))
  }

  private rowKey(key: Buffer): Buffer {
    return this.writer.byte(parts.subscriber).rest(key).finish()
  }
}

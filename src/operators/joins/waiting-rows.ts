/** Records that wait for time to pass them: under key, time and arrival, and sorted by the last two. */

import type { Window } from '../../record.ts'
import { RowKeyReader, RowKeyWriter, timeKey } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import type { WaitingValue } from '../../topology/nodes/joins.ts'
import { timeOfIndex } from '../time-index.ts'

export interface WaitingRow {
  readonly key: Buffer
  readonly value: unknown
  readonly time: number
  readonly window: Window | null
}

export class WaitingRows {
  private readonly store: OrderedStore
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore) {
    this.store = store
  }

  /** +Infinity when none waits. Cheap: asked for with every record. */
  get firstTime(): number {
    return timeOfIndex(this.store.firstIndex)
  }

  add(key: Buffer, value: unknown, time: number, window: Window | null): void {
    const rowKey = this.writer.bytes(key).time(time).sequence(this.nextSequence(time)).finish()
    this.store.put(rowKey, { value, window } satisfies WaitingValue, time)
  }

  /** Takes out the first, by time and arrival. */
  shift(): WaitingRow | undefined {
    for (const { key: rowKey, value, time } of this.store.scanIndex(null, null)) {
      this.store.delete(rowKey)
      return { key: new RowKeyReader(rowKey).bytes(), time, ...(value as WaitingValue) }
    }
    return undefined
  }

  /** Arrivals are counted over all keys of a time: they leave as they came. */
  private nextSequence(time: number): number {
    for (const { key } of this.store.scanIndex(timeKey(time), timeKey(time + 1), 'descending')) {
      return key.readUInt32BE(key.length - 4) + 1
    }
    return 0
  }
}

/** One store of a copy: follows its changelog. */
import type { FetchedPartition } from '../../kafka/port.ts'
import type { TopicPartition } from '../../record.ts'
import { openStore } from '../../state/open.ts'
import type { Rows } from '../../state/rows.ts'
import type { Store } from '../../state/store.ts'
import { UndoLog } from '../../state/undo.ts'
import type { GraphStore } from '../../topology/graph.ts'
import { applyRows } from '../restore/restore.ts'
import type { Slices } from '../restore/slices.ts'

/** What lies in the log of a changelog. */
export interface LogBounds {
  readonly start: number
  readonly end: number
  /** Behind the last record that can be read: no open transaction comes before it. */
  readonly stable: number
}

export class StandbyStore {
  readonly place: TopicPartition
  isClosed = false
  /** Where to read on; null before that is known. */
  position: number | null = null
  private readonly store: Store
  /** Behind the last committed record, as far as is known. */
  private stable = 0
  private isSaved = true

  constructor({ name, store, changelog }: GraphStore, partition: number, rows: Rows) {
    this.place = { topic: changelog, partition }
    this.store = openStore(name, store, rows, new UndoLog())
  }

  /** Changelog records that it lacks; null before that is known. */
  get lag(): number | null {
    return this.position === null ? null : Math.max(0, this.stable - this.position)
  }

  /** Goes on where the rows are, unless that is no place of this log: then all of it is read. @returns where */
  begin({ start, end, stable }: LogBounds): number {
    const { store } = this
    const isThere = store.position >= start && store.position <= end
    if (!isThere && store.position >= 0) store.clear()
    this.position = isThere ? store.position : start
    this.stable = stable
    return this.position
  }

  async take(fetched: FetchedPartition, slices: Slices): Promise<void> {
    if (this.position === null || this.isClosed) return
    await applyRows(fetched, {
      apply: (key, value, time, _offset, headers) => {
        if (!this.isClosed && key !== null) this.store.restore(key, value, time, headers)
      },
      start: this.position,
      end: Number.POSITIVE_INFINITY,
      cancelled: () => this.isClosed,
      slices,
    })
    if (this.isClosed) return
    this.position = fetched.nextOffset
    this.stable = fetched.lastStableOffset
    this.isSaved = false
  }

  /** What was read is seen from now on, and need not be read again. */
  save(): void {
    if (this.isSaved || this.position === null) return
    this.store.restored(this.position)
    this.isSaved = true
  }

  /** The log is another than the one that was read. */
  startOver(): void {
    this.position = null
    this.isSaved = true
    this.store.clear()
  }

  /** The rows go to whoever needs them next. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    try {
      this.save()
    } finally {
      this.store.close()
    }
  }
}

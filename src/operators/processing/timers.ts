/** Keyed event-time timers (`semantics.md` 2.15): rows of state under key, name and time, due in the order of time, key, name. */
import { reject } from '../../faults.ts'
import { prefixEnd, RowKeyReader, RowKeyWriter, readTime, timeKey } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import type { Scope } from './scope.ts'

export interface TimerRow {
  readonly row: Buffer
  /** Bytes of the key it was set for. */
  readonly key: Buffer
  readonly name: string
  readonly time: number
}

const nothing = new Uint8Array(0)

export class TimerRows {
  private readonly store: OrderedStore
  private readonly scope: Scope
  private readonly writer = new RowKeyWriter()
  /** Set while the end of a bounded run fires all that were set before; those set meanwhile wait for a later run. */
  private setAtEnd: Set<string> | null = null

  constructor(store: OrderedStore, scope: Scope) {
    this.store = store
    this.scope = scope
  }

  /** @throws reject MR3003 for what is no time */
  set(name: string, time: number): void {
    if (!Number.isSafeInteger(time) || time < 0)
      throw reject(`The timer ${name} can't be set to ${time}`, { code: 'MR3003' })
    const row = this.prefix(name).time(time).finish()
    this.setAtEnd?.add(row.toString('latin1'))
    if (this.store.get(row) === undefined) this.store.put(row, nothing, this.scope.time)
  }

  cancel(name: string, time?: number): void {
    const first = time === undefined ? this.prefix(name) : this.prefix(name).time(time)
    const prefix = first.finish()
    for (const { key } of this.store.scan(prefix, prefixEnd(prefix))) this.store.delete(key)
  }

  /** Takes away the first timer that is due by `now`; null when none is. */
  takeDue(now: number): TimerRow | null {
    const first = this.store.firstIndex
    if (first === null || readTime(first, 0) > now) return null
    for (const { key } of this.store.scanIndex(null, timeKey(readTime(first, 0) + 1))) return this.take(key)
    return null
  }

  /** Takes away every timer that is set, one after the other, and none that is set meanwhile. */
  *takeAll(): Iterable<TimerRow> {
    const setAtEnd = new Set<string>()
    this.setAtEnd = setAtEnd
    try {
      for (const { key } of this.store.scanIndex(null, null)) {
        if (!setAtEnd.has(key.toString('latin1'))) yield this.take(key)
      }
    } finally {
      this.setAtEnd = null
    }
  }

  private take(row: Buffer): TimerRow {
    this.store.delete(row)
    const reader = new RowKeyReader(row)
    return { row, key: reader.bytes(), name: reader.bytes().toString(), time: reader.time() }
  }

  private prefix(name: string): RowKeyWriter {
    return this.writer.bytes(this.scope.bytes).bytes(Buffer.from(name))
  }
}

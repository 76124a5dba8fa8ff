/** Holds back what a fold of windows says until each window closes: one row per window after all. */

import type { Window } from '../../record.ts'
import type { SuppressNode } from '../../topology/nodes/tables.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { emitDerived, emitRow } from '../emission.ts'
import { KeyBytes } from '../key-bytes.ts'
import type { Forward, Operator } from '../operator.ts'
import type { Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { withoutCause } from '../without-cause.ts'
import { HeldLimit } from './held-limit.ts'
import { SessionRows } from './session-rows.ts'
import { WindowObjects } from './window-objects.ts'
import type { WindowRow } from './window-rows.ts'
import { timesOf, type WindowTimes } from './window-times.ts'

export class SuppressedWindows implements Operator {
  readonly receive: Forward
  /** The fold before it holds marks back for as long as windows are open. */
  readonly hold = 0
  private readonly site: Site<SuppressNode>
  private readonly times: WindowTimes
  private readonly rows: SessionRows
  private readonly limit: HeldLimit
  private readonly objects = new WindowObjects()

  constructor(site: Site<SuppressNode>) {
    const { node, environment } = site
    this.site = site
    this.times = timesOf((node.input as AggregateNode).windows!, false)
    this.rows = new SessionRows(orderedStore(environment, node.name), new KeyBytes(node.keySerde, node.name))
    this.limit = new HeldLimit(site, this.rows)
    this.receive = (key, value, time, window) => this.take(key, value, time, window!)
  }

  /** The mark as it reached the fold, which has closed what comes out here: no update of it can follow. */
  advance(mark: number): void {
    const closed = mark + this.times.hold - this.times.closed
    if (this.rows.firstEnd > closed) return
    withoutCause(this.site.environment.context, () => {
      for (const row of this.rows.ended(-1, closed)) {
        this.release(row)
        emitRow(this.site, row.row, this.objects.of(row.start, row.end))
      }
    })
  }

  /** Times are those of the fold; only the count of rows is kept here. */
  restoreTime(): void {
    this.limit.forget()
  }

  /** Null: the session is part of another one now. */
  private take(key: unknown, value: unknown, time: number, window: Window): void {
    const [start, end] = [window.start.getTime(), window.end.getTime()]
    const held = this.rows.get(start, end, key)
    if (value === null) {
      if (held !== undefined) this.release({ start, end, row: held })
      return
    }
    this.rows.put(start, end, key, value, time)
    if (held === undefined) this.limit.changed(1)
    for (const row of this.limit.excess()) {
      this.release(row)
      emitDerived(this.site, row.row.key, row.row.value, row.row.time, this.objects.of(row.start, row.end))
    }
  }

  private release(row: WindowRow): void {
    this.rows.delete(row)
    this.limit.changed(-1)
  }
}

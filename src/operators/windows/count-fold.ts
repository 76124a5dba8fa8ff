/** Windows of so many records of a key, in the order in which they are taken: nothing is late for them. */

import type { Window } from '../../record.ts'
import type { CountWindows } from '../../time/windows.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { emitDerived } from '../emission.ts'
import { addTo } from '../fold.ts'
import { KeyBytes } from '../key-bytes.ts'
import { enter, type Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { ClockedFold } from './clocked-fold.ts'
import { type CountRow, CountRows } from './count-rows.ts'
import type { WindowRow } from './window-rows.ts'
import { timesOf } from './window-times.ts'

export class CountFold extends ClockedFold {
  private readonly windows: CountWindows
  private readonly counts: CountRows

  constructor(site: Site<AggregateNode>, windows: CountWindows) {
    const { node, environment } = site
    const counts = new CountRows(
      orderedStore(environment, node.store),
      new KeyBytes(node.keySerde, `the fold ${node.store}`),
      windows.timeout,
    )
    super(site, { rows: counts, times: timesOf(windows, false) })
    this.windows = windows
    this.counts = counts
  }

  protected fold(key: unknown, value: unknown, time: number, window: Window | null): void {
    const open = this.counts.of(key)
    for (const row of open) this.add(key, value, time, window, row)
    const newest = open.at(-1)
    if (newest === undefined) this.add(key, value, time, window, fresh(0, time))
    else if (newest.counted.count === this.windows.every)
      this.add(key, value, time, window, fresh(newest.number + 1, time))
    // A window that was opened behind its timeout is over at once: no mark comes for it.
    this.pass(this.clock.time)
  }

  /**
   * What was never full comes out at the end of a bounded run, and may be older than all that time has passed meanwhile:
   * as of the end it is late for nobody. Where there is a timeout, time has been held back for it.
   */
  protected override spokenRow(row: WindowRow, time: number): WindowRow {
    const { timeout } = this.windows
    if (time !== Number.POSITIVE_INFINITY || timeout !== null || row.row.time >= this.clock.time) return row
    return { ...row, row: { ...row.row, time: this.clock.time } }
  }

  private add(key: unknown, value: unknown, time: number, window: Window | null, row: CountRow): void {
    const { context, site } = this
    const { counted } = row
    const start = Math.min(counted.start, time)
    const end = Math.max(counted.end, time)
    context.window = this.objects.of(start, end)
    const before = counted.count === 0 ? undefined : { key, value: counted.sum, time: row.time }
    const sum = addTo(site.node, before, value, context)
    const count = counted.count + 1
    if (count < this.windows.count) {
      this.counts.put(key, { ...row, time: end, counted: { sum, count, start, end } })
      return
    }
    this.counts.remove(key, row)
    emitDerived(site, key, sum, end, this.objects.of(start, end))
    enter(context, site.index, key, time, window)
  }
}

/** A window that its first record is about to open. */
function fresh(number: number, opened: number): CountRow {
  return { number, opened, time: opened, counted: { sum: undefined, count: 0, start: opened, end: opened } }
}

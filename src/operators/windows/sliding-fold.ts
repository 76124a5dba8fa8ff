/** Windows anchored at records (`semantics.md` 3.4): which of them change, which refuse. */

import type { Window } from '../../record.ts'
import type { SlidingWindows } from '../../time/windows.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { addTo } from '../fold.ts'
import { KeyBytes } from '../key-bytes.ts'
import { enter, type Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { ClockedFold } from './clocked-fold.ts'
import { type SlidingRow, SlidingRows } from './sliding-rows.ts'
import { changesOf, reachOf, type SlidingChange } from './sliding-windows.ts'
import { timesOf } from './window-times.ts'

export class SlidingFold extends ClockedFold {
  private readonly length: number
  private readonly sliding: SlidingRows

  constructor(site: Site<AggregateNode>, windows: SlidingWindows) {
    const { node, environment } = site
    const sliding = new SlidingRows(
      orderedStore(environment, node.store),
      new KeyBytes(node.keySerde, `the fold ${node.store}`),
      windows.length,
    )
    super(site, { rows: sliding, times: timesOf(windows, false) })
    this.length = windows.length
    this.sliding = sliding
  }

  protected fold(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { length } = this
    if (value === null) {
      this.environment.counters.filtered++
      return
    }
    // Late as a whole: no window that could hold it is open. One of them stands for all.
    if (!this.isOpen(time + length)) {
      const left = Math.max(0, time - length)
      this.refuse(key, value, time, window, this.objects.of(left, left + length))
      return
    }
    const { from, to } = reachOf(time, length)
    // The window behind the record ends last: it is open when any is.
    for (const change of changesOf(this.sliding.near(key, from, to), time, length)) {
      if (this.isOpen(change.start + length)) this.change(change, key, value, time, window)
      else this.refuse(key, value, time, window, this.objects.of(change.start, change.start + length))
    }
  }

  private change(
    { start, from, adds }: SlidingChange<SlidingRow>,
    key: unknown,
    value: unknown,
    time: number,
    window: Window | null,
  ): void {
    const { context, site, speaker } = this
    const end = start + this.length
    context.window = this.objects.of(start, end)
    const sum = adds ? addTo(site.node, from?.row, value, context) : from!.row.value
    const latest = Math.max(from?.latest ?? time, adds ? time : 0)
    this.sliding.put(start, key, sum, latest)
    if (!speaker.tells) return
    speaker.changed(start, end, key, from?.start === start ? from.row.value : undefined, sum, latest)
    enter(context, site.index, key, time, window)
  }
}

/** Tumbling, hopping and cumulating windows (`semantics.md` 3.2). */
import type { Window } from '../../record.ts'
import type { WindowStore } from '../../state/store.ts'
import { type CumulateWindows, cumulateStart, firstStart, type TimeWindows } from '../../time/windows.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { addTo } from '../fold.ts'
import { enter, type Site } from '../site.ts'
import { windowStore } from '../stores.ts'
import { ClockedFold } from './clocked-fold.ts'
import { TimeRows } from './time-rows.ts'
import { WindowObjects } from './window-objects.ts'
import { timesOf } from './window-times.ts'

export class TimeFold extends ClockedFold {
  private readonly windows: TimeWindows | CumulateWindows
  private readonly store: WindowStore
  /** Windows of one start: their rows lie under the end. */
  private readonly isGrowing: boolean
  /** A count does not look at its context. */
  private readonly looksAtWindow: boolean

  constructor(site: Site<AggregateNode>, windows: TimeWindows | CumulateWindows) {
    const store = windowStore(site.environment, site.node.store)
    const objects = new WindowObjects(windows.kind === 'cumulate' ? windows.step : windows.hop)
    super(site, { rows: new TimeRows(store, windows), times: timesOf(windows, false), objects })
    this.windows = windows
    this.store = store
    this.isGrowing = windows.kind === 'cumulate'
    this.looksAtWindow = site.node.fold !== 'count'
  }

  protected fold(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { windows } = this
    if (windows.kind === 'cumulate') this.foldGrowing(windows, key, value, time, window)
    else this.foldEach(windows, key, value, time, window)
  }

  private foldEach(windows: TimeWindows, key: unknown, value: unknown, time: number, window: Window | null): void {
    const { openAfter, ahead } = this
    const { size, hop } = windows
    for (let start = firstStart(windows, time); start <= time; start += hop) {
      const end = start + size
      if (end > openAfter && !ahead.has(end)) this.foldInto(start, end, key, value, time, window)
      else this.refuse(key, value, time, window, this.objects.of(start, end))
    }
  }

  private foldGrowing(
    windows: CumulateWindows,
    key: unknown,
    value: unknown,
    time: number,
    window: Window | null,
  ): void {
    const { openAfter, ahead } = this
    const { size, step } = windows
    const start = cumulateStart(windows, time)
    if (start < 0) return
    const passed = Math.floor((time - start) / step)
    for (let end = start + (passed + 1) * step; end <= start + size; end += step) {
      if (end > openAfter && !ahead.has(end)) this.foldInto(start, end, key, value, time, window)
      else this.refuse(key, value, time, window, this.objects.of(start, end))
    }
  }

  private foldInto(
    start: number,
    end: number,
    key: unknown,
    value: unknown,
    time: number,
    window: Window | null,
  ): void {
    const { context, store, site, speaker } = this
    const number = this.isGrowing ? end : start
    if (this.looksAtWindow) context.window = this.objects.of(start, end)
    const row = store.get(number, key)
    // Before the update: it may write over the row.
    const before = row?.value
    const sum = addTo(site.node, row, value, context)
    const latest = row !== undefined && row.time > time ? row.time : time
    store.update(number, key, sum, latest)
    if (!speaker.tells) return
    speaker.changed(start, end, key, before, sum, latest)
    enter(context, site.index, key, time, window)
  }
}

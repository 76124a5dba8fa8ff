/** One window per key that never closes. */
import type { Window } from '../../record.ts'
import type { KeyValueStore, Row } from '../../state/store.ts'
import type { GlobalWindows } from '../../time/windows.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { addTo } from '../fold.ts'
import type { Site } from '../site.ts'
import { keyValueStore } from '../stores.ts'
import { ClockedFold } from './clocked-fold.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'
import { timesOf } from './window-times.ts'

/** The last time that a `Date` can hold. */
const forever = 8_640_000_000_000_000

class GlobalRows implements WindowRows {
  readonly firstEnd = Number.POSITIVE_INFINITY
  private readonly store: KeyValueStore

  constructor(store: KeyValueStore) {
    this.store = store
  }

  ended(): Iterable<WindowRow> {
    return []
  }

  get(_start: number, _end: number, key: unknown): Row | undefined {
    return this.store.get(key)
  }

  delete(): void {}
}

export class GlobalFold extends ClockedFold {
  private readonly store: KeyValueStore

  constructor(site: Site<AggregateNode>, windows: GlobalWindows) {
    const store = keyValueStore(site.environment, site.node.store)
    const { trigger } = site.node
    // A row waits for the next multiple of the interval.
    const hold = trigger?.kind === 'event-time' ? trigger.every : 0
    super(site, { rows: new GlobalRows(store), times: { ...timesOf(windows, false), hold } })
    this.store = store
  }

  protected fold(key: unknown, value: unknown, time: number, _window: Window | null): void {
    const { context, store, site } = this
    context.window = this.objects.of(0, forever)
    const row = store.get(key)
    const sum = addTo(site.node, row, value, context)
    const latest = row !== undefined && row.time > time ? row.time : time
    store.put(key, sum, latest)
    this.speaker.changed(0, forever, key, row?.value, sum, latest)
  }
}

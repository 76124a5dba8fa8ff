/** Holds back the updates of a table's rows for a time, counted from the first of them. */

import type { KeyValueStore } from '../../state/store.ts'
import type { SuppressNode } from '../../topology/nodes/tables.ts'
import { emitRow } from '../emission.ts'
import { KeyBytes } from '../key-bytes.ts'
import { leadOfTime } from '../lead-of-time.ts'
import type { Forward, Operator, OperatorTime, TableView } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import type { Site } from '../site.ts'
import { keyValueStore, orderedStore } from '../stores.ts'
import { withoutCause } from '../without-cause.ts'
import { HeldLimit } from './held-limit.ts'
import { SlidingRows } from './sliding-rows.ts'
import type { WindowRow } from './window-rows.ts'

export class SuppressedTable implements Operator {
  readonly receive: Forward
  readonly view: TableView
  readonly hold: number
  private readonly site: Site<SuppressNode>
  /** What is held, under the key and the time of the first update; null is a deletion. */
  private readonly held: SlidingRows
  /** What has come out. */
  private readonly shown: KeyValueStore
  private readonly limit: HeldLimit
  private readonly clock: OperatorClock

  constructor(site: Site<SuppressNode>, wait: number) {
    const { node, environment } = site
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.hold = wait
    this.held = new SlidingRows(orderedStore(environment, node.name), new KeyBytes(node.keySerde, node.name), 0)
    this.shown = keyValueStore(environment, node.stores[1]!.name)
    this.limit = new HeldLimit(site, this.held)
    this.view = this.shown
    this.receive = (key, value, time) => this.take(key, value, time)
  }

  advance(mark: number): void {
    this.clock.mark(mark)
    this.release(mark)
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
    this.limit.forget()
  }

  /** The update is held first: what is due at this very moment comes out with it. */
  private take(key: unknown, value: unknown, time: number): void {
    this.clock.take(this.site.environment.context, time)
    const [held] = this.held.near(key, 0, Number.MAX_SAFE_INTEGER)
    this.held.put(held?.start ?? time, key, value, time)
    if (held === undefined) this.limit.changed(1)
    this.release(this.clock.time)
    this.speak(this.limit.excess())
  }

  private release(time: number): void {
    if (this.held.firstEnd > time - this.hold) return
    this.speak(this.held.ended(-1, time - this.hold))
  }

  private speak(rows: Iterable<WindowRow>): void {
    withoutCause(this.site.environment.context, () => {
      for (const held of rows) {
        const { row } = held
        this.held.delete(held)
        this.limit.changed(-1)
        if (row.value === null) this.shown.delete(row.key, row.time)
        else this.shown.put(row.key, row.value, row.time)
        emitRow(this.site, row, null)
      }
    })
  }
}

/** What a fold of windows says, and when: the emission modes of `semantics.md` 3.1. */

import type { AggregateNode, Pane } from '../../topology/nodes.ts'
import { emitDerived, emitRow } from '../emission.ts'
import { KeyBytes } from '../key-bytes.ts'
import type { WallClockWork } from '../operator.ts'
import type { Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { withoutCause } from '../without-cause.ts'
import { Pending } from './pending.ts'
import { Reached } from './reached.ts'
import { WallClockTrigger } from './wall-clock-trigger.ts'
import type { WindowObjects } from './window-objects.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'
import type { WindowTimes } from './window-times.ts'

export class Speaker {
  /** False where nothing is said before a window closes: then changes need not be told. */
  readonly tells: boolean
  /** False where nothing is said when a window closes. */
  readonly closes: boolean
  readonly wallClock: WallClockTrigger | null
  /** Up to where time has made windows speak before they close: the ends that are over, or a multiple of the interval. */
  readonly spoken: Reached
  private readonly site: Site<AggregateNode>
  private readonly times: WindowTimes
  private readonly rows: WindowRows
  private readonly objects: WindowObjects
  private readonly pending: Pending | null
  /** T as of the last `pass`. */
  private time = -1

  constructor(site: Site<AggregateNode>, times: WindowTimes, rows: WindowRows, objects: WindowObjects) {
    const { node, environment } = site
    this.site = site
    this.times = times
    this.rows = rows
    this.objects = objects
    this.spoken = new Reached(environment.undo)
    this.tells = node.emit !== 'final'
    this.closes = node.emit !== 'updates'
    const store = node.stores[1]
    this.pending =
      store === undefined
        ? null
        : new Pending(orderedStore(environment, store.name), new KeyBytes(node.keySerde, `the fold ${node.store}`))
    const every = node.trigger?.kind === 'wall-clock' ? node.trigger.every : null
    const speech = { isDue: () => this.pending !== null && !this.pending.isEmpty, speak: () => this.speakPending() }
    this.wallClock = every === null ? null : new WallClockTrigger(every, speech)
  }

  /** The sum of a window is another; `before` is undefined for a new window. Called only if `tells`. */
  changed(start: number, end: number, key: unknown, before: unknown, sum: unknown, time: number): void {
    switch (this.site.node.emit) {
      case 'final':
        return
      case 'updates':
        this.tell(key, this.shown(sum), time, start, end)
        return
      case 'on-time':
        if (this.time >= end + this.times.over) this.tell(key, this.pane('late', sum), time, start, end)
        return
      case 'early':
        if (this.isDue(start, end, key, before, sum)) this.tell(key, this.pane('early', sum), time, start, end)
    }
  }

  /** A session is part of another one now: `start` and `end` are those of the other one. */
  mergedAway({ start, end, row }: WindowRow, into: { readonly start: number; readonly end: number }): void {
    if (this.site.node.emit === 'updates') this.tell(row.key, null, end, start, end)
    if (this.pending === null) return
    const changes = this.pending.take(start, end, row.key)
    if (changes > 0) this.pending.add(into.start, into.end, row.key, changes)
  }

  /** A window has closed. Call within `withoutCause`. */
  closed({ start, end, row }: WindowRow): void {
    const { emit } = this.site.node
    this.pending?.take(start, end, row.key)
    if (emit === 'updates') return
    const value = emit === 'final' ? this.shown(row.value) : this.pane('final', row.value)
    emitRow(this.site, { key: row.key, value, time: row.time }, this.objects.of(start, end))
  }

  /** Time has come to `time`, and what that closes is closed: other windows may speak. */
  pass(time: number): void {
    if (time > this.time && time !== Number.POSITIVE_INFINITY) this.time = time
    const { emit, trigger } = this.site.node
    if (emit === 'on-time') this.passEnds(time)
    else if (trigger?.kind === 'event-time') this.passMultiple(time, trigger.every)
    else if (time === Number.POSITIVE_INFINITY) this.speakPending()
  }

  restore(time: number, spoken: number | undefined, wallClock: number | undefined): void {
    this.time = time
    this.spoken.restore(spoken ?? -1)
    this.wallClock?.restore(wallClock)
  }

  private passEnds(time: number): void {
    const over = time - this.times.over
    // At the end of a bounded run every window has closed.
    if (over <= this.spoken.value || time === Number.POSITIVE_INFINITY) return
    const after = Math.max(this.spoken.value, time - this.times.closed)
    this.spoken.come(over)
    withoutCause(this.site.environment.context, () => {
      for (const row of this.rows.ended(after, over)) this.say('on-time', row)
    })
  }

  private passMultiple(time: number, every: number): void {
    const multiple = Math.floor(time / every) * every
    if (multiple <= this.spoken.value) return
    if (multiple !== Number.POSITIVE_INFINITY) this.spoken.come(multiple)
    this.speakPending()
  }

  private speakPending(): void {
    const { pending } = this
    if (pending === null) return
    withoutCause(this.site.environment.context, () => {
      for (const { start, end, key } of pending.all()) {
        pending.take(start, end, key)
        const row = this.rows.get(start, end, key)
        if (row !== undefined) this.say('early', { start, end, row })
      }
    })
  }

  private isDue(start: number, end: number, key: unknown, before: unknown, sum: unknown): boolean {
    const trigger = this.site.node.trigger!
    if (trigger.kind === 'change') return trigger.when(this.seen(before), this.shown(sum))
    const changes = this.pending!.add(start, end, key, 1)
    this.wallClock?.note()
    if (trigger.kind !== 'records' || changes < trigger.count) return false
    this.pending!.take(start, end, key)
    return true
  }

  private say(pane: Pane<unknown>['pane'], { start, end, row: { key, value, time } }: WindowRow): void {
    emitRow(this.site, { key, value: this.pane(pane, value), time }, this.objects.of(start, end))
  }

  private tell(key: unknown, value: unknown, time: number, start: number, end: number): void {
    emitDerived(this.site, key, value, time, this.objects.of(start, end))
  }

  private pane(pane: Pane<unknown>['pane'], sum: unknown): Pane<unknown> {
    return Object.freeze({ pane, value: this.shown(sum) })
  }

  private seen(sum: unknown): unknown {
    return sum === undefined ? undefined : this.shown(sum)
  }

  private shown(sum: unknown): unknown {
    const { show } = this.site.node
    return show === undefined ? sum : show(sum)
  }
}

/** What the operator gives the runtime of it. */
export function wallClockWorkOf({ wallClock }: Speaker): { readonly wallClock?: WallClockWork } {
  return wallClock === null ? {} : { wallClock }
}

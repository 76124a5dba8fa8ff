/** A fold per key and time window (`semantics.md` 3.2): which records it takes, when its windows close, what comes out. */
import { findFault } from '../faults.ts'
import type { Window } from '../record.ts'
import type { Row, WindowStore } from '../state/store.ts'
import { firstStart, type TimeWindows } from '../time/windows.ts'
import type { AggregateNode, LateRecord } from '../topology/nodes.ts'
import { addTo } from './fold.ts'
import { nullKey } from './null-key.ts'
import type { Forward, MutableContext, Operator, OperatorEnvironment, OperatorTime } from './operator.ts'
import { enter, type Site } from './site.ts'
import { withoutCause } from './without-cause.ts'

export class WindowedFold implements Operator {
  readonly receive: Forward
  readonly hold: number
  private readonly site: Site<AggregateNode>
  private readonly windows: TimeWindows
  private readonly context: MutableContext
  private readonly environment: OperatorEnvironment
  private readonly store: WindowStore
  private readonly isFinal: boolean
  /** T: never infinite, so that a later run starts from where this one's records led. */
  private time = -1
  private closed = -1
  private lastWindow: Window = windowOf(0, 0)
  private lastStart = -1

  constructor(site: Site<AggregateNode>, windows: TimeWindows) {
    const { node, environment } = site
    this.site = site
    this.windows = windows
    this.environment = environment
    this.context = environment.context
    this.store = environment.windowStore(node.store)
    this.isFinal = node.emit === 'final'
    this.hold = windows.size + windows.grace
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
  }

  advance(mark: number): void {
    if (mark > this.time && mark !== Number.POSITIVE_INFINITY) this.time = mark
    if (this.store.firstStart <= mark - this.hold) this.close(mark)
  }

  saveTime(): OperatorTime {
    return { time: this.time, closed: this.closed }
  }

  restoreTime({ time, closed }: OperatorTime): void {
    this.time = time
    this.closed = closed
  }

  /** The order of 2.9: time rises, what it has passed closes, then the record is judged, window by window. */
  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { context, store, site } = this
    const { size, hop } = this.windows
    if (context.raisesTime && time - context.outOfOrderness > this.time) this.time = time - context.outOfOrderness
    if (store.firstStart <= this.time - this.hold) this.close(this.time)
    enter(context, site.index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the fold ${site.node.store}`)
    for (let start = firstStart(this.windows, time); start <= time; start += hop) {
      if (this.isOpen(start + size)) this.add(start, key, value, time, window)
      else this.refuse(start, key, value, time, window)
    }
  }

  private isOpen(end: number): boolean {
    return end > this.time - this.windows.grace && end > this.closed
  }

  private add(start: number, key: unknown, value: unknown, time: number, window: Window | null): void {
    const { context, store, site } = this
    const row = store.get(start, key)
    const sum = addTo(site.node, row, value, context)
    const latest = row !== undefined && row.time > time ? row.time : time
    store.put(start, key, sum, latest)
    if (this.isFinal) return
    const { raisesTime } = context
    context.raisesTime = false
    site.forward(key, sum, latest, this.windowAt(start))
    context.raisesTime = raisesTime
    enter(context, site.index, key, time, window)
  }

  private refuse(start: number, key: unknown, value: unknown, time: number, window: Window | null): void {
    const { context, site } = this
    this.environment.counters.late++
    if (site.late === null) return
    const late: LateRecord = { key, value, time, window: this.windowAt(start), operatorTime: this.time }
    site.late(key, late, time, null)
    enter(context, site.index, key, time, window)
  }

  /** Closes, in the order of their ends, the windows that `time` has passed; +Infinity closes all. */
  private close(time: number): void {
    withoutCause(this.context, () => {
      for (let start = this.store.firstStart; start <= time - this.hold; start = this.store.firstStart) {
        if (start === Number.POSITIVE_INFINITY) return
        this.closed = Math.max(this.closed, start + this.windows.size)
        for (const row of this.store.rows(start)) {
          this.store.delete(start, row.key)
          if (this.isFinal) this.emit(row, this.windowAt(start))
        }
      }
    })
  }

  /** What a row does further on happens whole or not at all: no source record could be blamed for it. */
  private emit(row: Row, window: Window): void {
    const { undo } = this.environment
    const savepoint = undo.position
    try {
      this.site.forward(row.key, row.value, row.time, window)
    } catch (error) {
      const kind = findFault(error)?.kind
      if (kind === 'fatal' || kind === 'fenced') throw error
      undo.undoTo(savepoint)
      const { key, value, time } = row
      this.environment.rowFailed(error, { node: this.site.index, key, value, time })
    }
  }

  private windowAt(start: number): Window {
    if (start === this.lastStart) return this.lastWindow
    this.lastStart = start
    this.lastWindow = windowOf(start, start + this.windows.size)
    return this.lastWindow
  }
}

function windowOf(start: number, end: number): Window {
  return Object.freeze({ start: new Date(start), end: new Date(end) })
}

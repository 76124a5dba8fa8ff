/** A fold per key and window: which records it takes, when its windows close, what comes out (`semantics.md` 2.8, 2.9, 3). */
import type { Window } from '../../record.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { leadOfTime } from '../lead-of-time.ts'
import { nullKey } from '../null-key.ts'
import type {
  Forward,
  MutableContext,
  Operator,
  OperatorEnvironment,
  OperatorTime,
  WallClockWork,
} from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { refuseLate } from '../refuse-late.ts'
import { enter, type Site } from '../site.ts'
import { withoutCause } from '../without-cause.ts'
import { ClosedAhead } from './closed-ahead.ts'
import { Reached } from './reached.ts'
import { Speaker, wallClockWorkOf } from './speaker.ts'
import { WindowObjects } from './window-objects.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'
import type { WindowTimes } from './window-times.ts'

export interface ClockedFoldOptions {
  readonly rows: WindowRows
  readonly times: WindowTimes
  readonly objects?: WindowObjects
}

export abstract class ClockedFold implements Operator {
  readonly receive: Forward
  readonly hold: number
  declare readonly wallClock?: WallClockWork
  protected readonly site: Site<AggregateNode>
  protected readonly context: MutableContext
  protected readonly environment: OperatorEnvironment
  protected readonly times: WindowTimes
  protected readonly speaker: Speaker
  protected readonly objects: WindowObjects
  protected readonly clock: OperatorClock
  /** Windows that end here or before are closed: what was closed stays closed. */
  protected readonly closed: Reached
  /** Closed by the end of a bounded run: time has not come so far. */
  protected readonly ahead = new ClosedAhead()
  private readonly rows: WindowRows
  private readonly toClose: number
  private readonly tells: boolean
  /** Closed rows stay for a while, since others are made of them. */
  private readonly keepsClosed: boolean
  /** A record so long before a session belongs to it. */
  private readonly reach: number

  constructor(site: Site<AggregateNode>, { rows, times, objects = new WindowObjects() }: ClockedFoldOptions) {
    const { environment } = site
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.environment = environment
    this.context = environment.context
    this.rows = rows
    this.times = times
    this.objects = objects
    this.speaker = new Speaker(site, times, rows, objects)
    this.closed = new Reached(environment.undo)
    this.toClose = times.closed
    this.tells = this.speaker.tells
    this.keepsClosed = times.dropped > times.closed
    this.reach = site.node.windows?.kind === 'session' ? site.node.windows.gap : 0
    this.hold = times.hold
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
    Object.assign(this, wallClockWorkOf(this.speaker))
  }

  /** Folds a record that has a key into its windows. T has risen, what it has passed is closed. */
  protected abstract fold(key: unknown, value: unknown, time: number, window: Window | null): void

  advance(mark: number): void {
    this.clock.mark(mark)
    this.pass(mark)
  }

  saveTime(): OperatorTime {
    const { spoken, wallClock } = this.speaker
    const at = wallClock?.save()
    const ahead = this.ahead.save(this.openAfter)
    return {
      time: this.clock.time,
      closed: this.closed.value,
      ...(ahead.length > 0 && { ahead }),
      ...(spoken.value >= 0 && { spoken: spoken.value }),
      ...(at !== undefined && { wallClock: at }),
    }
  }

  restoreTime(saved: OperatorTime): void {
    this.clock.restore(saved)
    this.closed.restore(saved.closed)
    this.ahead.restore(saved.ahead ?? [])
    this.speaker.restore(saved.time, saved.spoken, saved.wallClock)
  }

  protected isOpen(end: number): boolean {
    return end > this.openAfter && !this.ahead.has(end)
  }

  /** Windows that end later are open, but for those that are closed ahead of time. */
  protected get openAfter(): number {
    const passed = this.clock.time - this.toClose
    const { value: closed } = this.closed
    return passed > closed ? passed : closed
  }

  protected refuse(key: unknown, value: unknown, time: number, window: Window | null, refusing: Window): void {
    const { context, site } = this
    refuseLate(site, this.clock, { key, value, time, window: refusing, reason: 'window-closed' })
    enter(context, site.index, key, time, window)
  }

  /** The order of 2.9: time rises, what it has passed closes, then the record is judged. */
  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { context, site } = this
    this.clock.take(context, time)
    this.pass(this.clock.time)
    enter(context, site.index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the fold ${site.node.store}`)
    this.fold(key, value, time, window)
  }

  /** What time has come to closes, or speaks. */
  protected pass(time: number): void {
    if (this.rows.firstEnd + this.toClose <= time) withoutCause(this.context, () => this.close(time))
    if (this.tells) this.speaker.pass(time)
  }

  /** Closes, in the order of their ends, the windows that `time` has passed; +Infinity closes all. */
  private close(time: number): void {
    if (this.keepsClosed) this.closeKept(time)
    // What others are made of stays for a later run.
    const now = this.keepsClosed ? Math.min(time, this.clock.time) : time
    const dropped = now - this.times.dropped
    if (this.rows.firstEnd > dropped) return
    for (const row of this.rows.ended(-1, dropped)) {
      this.rows.delete(row)
      if (this.keepsClosed) continue
      this.closeRow(row, time)
    }
  }

  private closeKept(time: number): void {
    const until = time - this.toClose
    if (until <= this.closed.value) return
    const after = this.closed.value
    if (until !== Number.POSITIVE_INFINITY) this.closed.come(until)
    if (until !== Number.POSITIVE_INFINITY && !this.speaker.closes) return
    // Those that are kept have spoken at the end of an earlier run; what this one closes does not hide what follows.
    const spoken = new ClosedAhead()
    spoken.restore(this.ahead.save(after))
    for (const row of this.rows.ended(after, until)) if (!spoken.has(row.end)) this.closeRow(row, time)
  }

  /** @param time +Infinity at the end of a bounded run, which may close what time has not come to */
  private closeRow(row: WindowRow, time: number): void {
    const { start, end } = row
    if (time !== Number.POSITIVE_INFINITY || end <= this.openAfter) this.closed.come(end)
    else this.ahead.add(start - this.reach, end)
    this.speaker.closed(this.spokenRow(row, time))
  }

  /** The row as it comes out. */
  protected spokenRow(row: WindowRow, _time: number): WindowRow {
    return row
  }
}

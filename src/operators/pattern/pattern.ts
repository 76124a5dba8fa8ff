/** Finds sequences of records of a key in event-time order (`semantics.md` 1, 2.8, 2.9). */
import type { Window } from '../../record.ts'
import type { PatternNode } from '../../topology/nodes/pattern.ts'
import { leadOfTime } from '../lead-of-time.ts'
import { nullKey } from '../null-key.ts'
import type { Forward, Operator, OperatorTime } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { refuseLate } from '../refuse-late.ts'
import { type Build, enter, type Site } from '../site.ts'
import { whole } from '../whole.ts'
import { withoutCause } from '../without-cause.ts'
import { type Found, KeyedMatches } from './keyed-matches.ts'
import type { RecordId } from './run.ts'

/**
 * Records wait until T has come to their time, then are shown to the matches under way of their key; of one time in the
 * order they came. So the result depends on no order but that of event time.
 */
export const pattern: Build<PatternNode> = (site) => new Pattern(site)

class Pattern implements Operator {
  readonly receive: Forward
  /** Only what waits for time to pass comes out behind it: the others have the time of the record in hand. */
  readonly hold: number
  private readonly site: Site<PatternNode>
  private readonly matches: KeyedMatches
  private readonly clock: OperatorClock

  constructor(site: Site<PatternNode>) {
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.matches = new KeyedMatches(site.node, site.environment)
    this.hold = this.matches.waits ? site.node.within : 0
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
  }

  advance(mark: number): void {
    this.clock.mark(mark)
    this.catchUp(mark)
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
  }

  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { clock, site } = this
    const { context, counters } = site.environment
    clock.take(context, time)
    this.catchUp(clock.time)
    enter(context, site.index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the pattern ${site.node.name}`)
    if (value === null) counters.filtered++
    else if (time < clock.time || time < clock.closed) refuseLate(site, clock, { key, value, time, reason: 'too-late' })
    else if (time > clock.time) this.matches.wait(key, value, time)
    else withoutCause(context, () => this.show(key, value, time))
  }

  /** What time has passed, in its order whatever the steps in which T rises: ends of matches, then records. */
  private catchUp(time: number): void {
    const { matches } = this
    if (matches.nextEnd > time && matches.nextRecord > time) return
    withoutCause(this.site.environment.context, () => {
      for (;;) {
        const { nextEnd, nextRecord } = matches
        const due = Math.min(nextEnd, nextRecord)
        if (due > time || due === Number.POSITIVE_INFINITY) return
        if (nextEnd <= nextRecord) this.end(due)
        else this.showNext()
      }
    })
  }

  private end(time: number): void {
    for (const found of this.matches.endFirst(time)) {
      whole(this.site, { key: found.key, value: found.last, time: found.time }, () => this.emit(found))
    }
  }

  private showNext(): void {
    const { key, value, id } = this.matches.shift()
    const [time] = id
    whole(this.site, { key, value, time }, () => this.show(key, value, time, id))
  }

  private show(key: unknown, value: unknown, time: number, id?: RecordId): void {
    const { environment, index } = this.site
    enter(environment.context, index, key, time, null)
    this.clock.closed = Math.max(this.clock.closed, time)
    for (const found of this.matches.show(key, value, time, id)) this.emit(found)
  }

  private emit({ key, values, time }: Found): void {
    const { environment, index, node, forward } = this.site
    enter(environment.context, index, key, time, null)
    const result = node.select(values as never, environment.context)
    forward(key, result, time, null)
  }
}

/** A fold without windows whose rows vanish when they have not changed for long enough (`semantics.md` 5, TTL). */
import type { Window } from '../../record.ts'
import type { KeyValueStore, Row } from '../../state/store.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { addTo } from '../fold.ts'
import { leadOfTime } from '../lead-of-time.ts'
import { nullKey } from '../null-key.ts'
import type { Forward, Operator, OperatorTime, TableView } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { refuseLate } from '../refuse-late.ts'
import { enter, type Site } from '../site.ts'
import { keyValueStore } from '../stores.ts'
import { Sweep } from '../sweep.ts'

/** No deletion comes out of it: what is past its life is not there any more, whether it has been swept or not. */
export class ExpiringFold implements Operator {
  readonly receive: Forward
  readonly view: TableView
  readonly hold = 0
  private readonly site: Site<AggregateNode>
  private readonly store: KeyValueStore
  private readonly clock: OperatorClock
  private readonly sweep: Sweep
  private readonly life: number

  constructor(site: Site<AggregateNode>, life: number) {
    const { node, environment } = site
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.life = life
    this.store = keyValueStore(environment, node.store)
    this.sweep = new Sweep(this.store, life)
    this.view = { get: (key) => this.living(key) }
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
  }

  advance(mark: number): void {
    this.clock.mark(mark)
    this.sweep.advance(this.clock.time)
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
  }

  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { clock, site, store } = this
    const { node, index, environment } = site
    const { context, counters } = environment
    clock.take(context, time)
    enter(context, index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the fold ${node.store}`)
    if (value === null) {
      counters.filtered++
      return
    }
    const row = this.living(key)
    const latest = row !== undefined && row.time > time ? row.time : time
    if (this.isOver(latest)) {
      // Its row would be gone before anyone could see it.
      refuseLate(site, clock, { key, value, time, reason: 'too-late' })
      return
    }
    const sum = addTo(node, row, value, context)
    store.put(key, sum, latest)
    site.forward(key, sum, latest, null)
  }

  private living(key: unknown): Row | undefined {
    const row = this.store.get(key)
    return row === undefined || this.isOver(row.time) ? undefined : row
  }

  private isOver(time: number): boolean {
    return time + this.life <= this.clock.time
  }
}

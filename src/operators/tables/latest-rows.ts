/** The latest row of each key (`semantics.md` 3.6). */
import { publish } from '../../observe/events.ts'
import type { Window } from '../../record.ts'
import type { KeyValueStore, Row } from '../../state/store.ts'
import type { TableSourceNode, ToTableNode } from '../../topology/nodes/tables.ts'
import type { LateRecord } from '../../topology/nodes.ts'
import { leadOfTime } from '../lead-of-time.ts'
import { nullKey } from '../null-key.ts'
import type { Forward, Operator, OperatorTime, TableView } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { refuseLate } from '../refuse-late.ts'
import { enter, type Site } from '../site.ts'
import { keyValueStore } from '../stores.ts'
import { Sweep } from '../sweep.ts'
import { Replaced } from './replaced.ts'

/**
 * By event time: an update older than its row is refused, of two with one time the later one counts; a deletion keeps
 * its time for a while, so that nothing older brings the row back. By arrival: every update is taken.
 */
export class LatestRows implements Operator {
  readonly receive: Forward
  readonly view: TableView
  readonly hold = 0
  private readonly site: Site<TableSourceNode | ToTableNode>
  private readonly store: KeyValueStore
  private readonly clock: OperatorClock
  private readonly life: number
  private readonly replaced: Replaced
  /** Null where rows live for ever. */
  private readonly sweep: Sweep | null

  constructor(site: Site<TableSourceNode | ToTableNode>) {
    const { node, environment } = site
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.store = keyValueStore(environment, node.store)
    this.life = node.ttl ?? Number.POSITIVE_INFINITY
    this.sweep = node.ttl === null ? null : new Sweep(this.store, node.ttl)
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
    this.replaced = new Replaced(site)
    this.view = this.replaced.view({ get: (key) => this.living(this.store.get(key)) })
  }

  advance(mark: number): void {
    this.clock.mark(mark)
    this.sweep?.advance(this.clock.time)
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
  }

  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { site, store, clock } = this
    const { node, index, environment } = site
    clock.take(environment.context, time)
    enter(environment.context, index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the table ${node.store}`)
    const reason = this.reasonAgainst(key, time)
    if (reason !== null) {
      refuseLate(site, clock, { key, value, time, reason })
      return
    }
    if (site.node.order === 'arrival') this.warnOfOlder(key, time)
    const before = this.replaced.isAsked ? this.view.get(key) : undefined
    if (value === null) store.delete(key, time)
    else store.put(key, value, time)
    this.replaced.handOn(before, key, value, time, window)
  }

  private reasonAgainst(key: unknown, time: number): LateRecord['reason'] | null {
    if (this.isOver(time)) return 'too-late'
    const isOlder = this.site.node.order === 'event-time' && time < this.store.timeOf(key)
    return isOlder ? 'older-than-row' : null
  }

  private warnOfOlder(key: unknown, time: number): void {
    const rowTime = this.store.timeOf(key)
    if (time >= rowTime) return
    const { node, environment } = this.site
    const { topic, partition, offset } = environment.context
    publish('update.older', () => ({ table: node.store, topic, partition, offset, time, rowTime }))
  }

  private isOver(time: number): boolean {
    return time + this.life <= this.clock.time
  }

  private living(row: Row | undefined): Row | undefined {
    return row === undefined || this.isOver(row.time) ? undefined : row
  }
}

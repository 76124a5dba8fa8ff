/** A table that remembers what each row was (`semantics.md` 3.6). */
import type { Window } from '../../record.ts'
import type { TableSourceNode, ToTableNode } from '../../topology/nodes/tables.ts'
import { KeyBytes } from '../key-bytes.ts'
import { leadOfTime } from '../lead-of-time.ts'
import { nullKey } from '../null-key.ts'
import type { Forward, Operator, OperatorTime, VersionedView } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { refuseLate } from '../refuse-late.ts'
import { enter, type Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { Replaced } from './replaced.ts'
import { rowOf, Versions } from './versions.ts'

/** Versions that are over are taken away when such a part of the history has passed again. */
const purgesPerHistory = 8

/**
 * An update older than the history is refused; within it, it is a version of its own, cut at the next one. Only a change
 * of the latest version goes on. What is asked for before the history began is only known where it still holds.
 */
export class VersionedRows implements Operator {
  readonly receive: Forward
  readonly view: VersionedView
  readonly hold = 0
  private readonly site: Site<TableSourceNode | ToTableNode>
  private readonly history: number
  private readonly versions: Versions
  private readonly replaced: Replaced
  /** `closed` is up to where versions were purged. */
  private readonly clock: OperatorClock
  /** T at the last mark: whoever waits behind this table has heard of no later time, and may still ask. Not saved. */
  private heard = -1

  constructor(site: Site<TableSourceNode | ToTableNode>, history: number) {
    const { node, environment } = site
    const [{ name }] = node.stores as [TableSourceNode['stores'][number]]
    const keySerde = node.kind === 'to-table' ? node.keySerde : node.topic.key
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.history = history
    this.versions = new Versions(orderedStore(environment, name), new KeyBytes(keySerde, `the table ${node.store}`))
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
    this.replaced = new Replaced(site)
    this.view = this.replaced.view({
      get: (key) => rowOf(key, this.versions.latest(key)),
      asOf: (key, time, now = this.clock.time) => rowOf(key, this.versionAt(key, time, now)),
    })
  }

  advance(mark: number): void {
    const { clock } = this
    const over = this.heard - this.history
    clock.mark(mark)
    this.heard = clock.time
    if (over < clock.closed + Math.max(1, this.history / purgesPerHistory)) return
    this.versions.purge(clock.closed, over)
    clock.closed = over
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
    this.heard = -1
  }

  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { site, clock, versions } = this
    const { context } = site.environment
    clock.take(context, time)
    enter(context, site.index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the table ${site.node.store}`)
    if (time < clock.time - this.history) {
      refuseLate(site, clock, { key, value, time, reason: 'older-than-history' })
      return
    }
    const before = this.replaced.isAsked ? this.view.get(key) : undefined
    const isLatest = versions.put(key, value, time)
    if (time <= clock.closed) versions.purgeBefore(versions.rowKey(key, time))
    if (isLatest) this.replaced.handOn(before, key, value, time, window)
  }

  /** Purged or not, the answer is the same. */
  private versionAt(key: unknown, time: number, now: number): ReturnType<Versions['at']> {
    const { versions } = this
    const latest = versions.latest(key)
    if (latest === undefined || latest.time <= time) return latest
    return time < now - this.history ? undefined : versions.at(key, time)
  }
}

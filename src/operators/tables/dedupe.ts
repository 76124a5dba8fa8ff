/** The first record of a key within a span of event time passes (`semantics.md` 1, dedupe). */

import type { Window } from '../../record.ts'
import { RowKeyWriter, timeKey } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import type { DedupeNode } from '../../topology/nodes/tables.ts'
import { KeyBytes } from '../key-bytes.ts'
import { leadOfTime } from '../lead-of-time.ts'
import type { Forward, Operator, OperatorTime } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { refuseLate } from '../refuse-late.ts'
import { enter, type Site } from '../site.ts'
import { orderedStore } from '../stores.ts'

const nothing = new Uint8Array()

/**
 * What has passed is remembered until `within` and `grace` are over: for a record no later than `grace` all is known that
 * may lie near it. One that is later can't be judged, nor kept in mind for those that follow.
 */
export class Dedupe implements Operator {
  readonly receive: Forward
  readonly hold = 0
  private readonly site: Site<DedupeNode>
  private readonly passed: OrderedStore
  private readonly clock: OperatorClock
  private readonly life: number
  private readonly keys: KeyBytes
  private readonly writer = new RowKeyWriter()

  constructor(site: Site<DedupeNode>) {
    const { node, environment } = site
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.passed = orderedStore(environment, node.name)
    this.life = node.within + node.grace
    this.keys = new KeyBytes(node.keySerde, `dedupe ${node.name}`)
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
  }

  /** Forgets what can't matter any more; the end of a bounded run is no reason to, a later run goes on. */
  advance(mark: number): void {
    const { clock, passed } = this
    clock.mark(mark)
    const over = clock.time - this.life
    const first = passed.firstIndex
    if (over <= 0 || first === null || first.compare(timeKey(over)) >= 0) return
    for (const { key } of [...passed.scanIndex(null, timeKey(over))]) passed.delete(key)
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
  }

  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { site, clock } = this
    const { node, index, environment } = site
    const { context, counters } = environment
    clock.take(context, time)
    enter(context, index, key, time, window)
    const what = this.keyOf(key, node.by === null ? '' : node.by(value, context))
    if (time < clock.time - node.grace) refuseLate(site, clock, { key, value, time, reason: 'too-late' })
    else if (this.hasPassed(what, time)) counters.filtered++
    else {
      this.passed.put(Buffer.concat([what, timeKey(time)]), nothing, time)
      site.forward(key, value, time, window)
    }
  }

  /** True when one that has passed lies so near, before or after. */
  private hasPassed(what: Buffer, time: number): boolean {
    const { within } = this.site.node
    const from = Math.max(0, time - within)
    const near = this.passed.scan(
      Buffer.concat([what, timeKey(from)]),
      Buffer.concat([what, timeKey(time + within + 1)]),
    )
    for (const _ of near) return true
    return false
  }

  private keyOf(key: unknown, by: string): Buffer {
    return this.writer.bytes(this.keys.encode(key)).bytes(Buffer.from(by)).finish()
  }
}

/** Pairs of two streams (`semantics.md` 3.5): which rows may meet, when a row is alone for good, what comes out. */

import type { SidedValue, StreamJoinNode } from '../../topology/nodes/joins.ts'
import { emitDerived, emitRow } from '../emission.ts'
import { KeyBytes } from '../key-bytes.ts'
import { nullKey } from '../null-key.ts'
import type { Forward, MutableContext, Operator, OperatorTime } from '../operator.ts'
import { refuseLate } from '../refuse-late.ts'
import { type Build, enter, type Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { withoutCause } from '../without-cause.ts'
import { type JoinRow, JoinRows } from './join-rows.ts'
import { type JoinSide, sidesOf } from './join-sides.ts'
import { TimeOfJoin } from './time-of-joins.ts'

export const streamJoin: Build<StreamJoinNode> = (site) => new StreamJoin(site)

class StreamJoin implements Operator {
  readonly receive: Forward
  readonly inputs: readonly Forward[]
  readonly hold: number
  private readonly site: Site<StreamJoinNode>
  private readonly context: MutableContext
  private readonly keys: KeyBytes
  private readonly clock: TimeOfJoin
  /** Right before left: in this order unmatched rows of one time come out. */
  private readonly sides: readonly [right: JoinSide, left: JoinSide]
  private readonly rows: { readonly left: JoinRows; readonly right: JoinRows }
  /** Emits rows that are alone for good, each a `SidedValue`. */
  private readonly alone: Site<StreamJoinNode>

  constructor(site: Site<StreamJoinNode>) {
    const { node, environment } = site
    this.site = site
    this.context = environment.context
    this.keys = new KeyBytes(node.keySerde, `the join ${node.name}`)
    this.clock = new TimeOfJoin(node, 'both')
    const { left, right } = sidesOf(node)
    this.sides = [right, left]
    const [leftStore, rightStore] = node.stores
    this.rows = {
      left: new JoinRows(orderedStore(environment, leftStore.name)),
      right: new JoinRows(orderedStore(environment, rightStore.name)),
    }
    this.inputs = [left, right].map(
      (side): Forward =>
        (key, value, time) =>
          this.take(side, key, value, time),
    )
    this.receive = this.inputs[0]!
    this.hold = Math.max(node.before, node.after) + node.grace
    this.alone = {
      ...site,
      forward: (key, row, time) => this.joined(key, row as SidedValue, undefined, time, site.forward),
    }
  }

  advance(mark: number): void {
    this.clock.mark(mark)
    this.close(mark === Number.POSITIVE_INFINITY ? mark : this.clock.time)
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
  }

  /** The order of 2.9: time rises, what it has passed comes out, then the record is judged and meets its partners. */
  private take(side: JoinSide, key: unknown, value: unknown, time: number): void {
    const { clock, context, site } = this
    clock.take(context, time)
    this.close(clock.time)
    enter(context, site.index, key, time, null)
    if (key === null || key === undefined) this.takeWithoutKey(side, value, time)
    else if (value === null) site.environment.counters.filtered++
    else if (time + side.life < clock.time || time <= clock.closed)
      refuseLate(site, clock, { key, value, time, reason: 'too-late' })
    else this.meet(side, key, value, time)
  }

  /** Nothing can have no key in common with it (`semantics.md` 3.8). */
  private takeWithoutKey({ name, isOuter }: JoinSide, value: unknown, time: number): void {
    if (!isOuter || value === null) throw nullKey(`the join ${this.site.node.name}`)
    this.emit(null, { side: name, value }, undefined, time)
  }

  private meet(side: JoinSide, key: unknown, value: unknown, time: number): void {
    const { clock, site, rows } = this
    const bytes = this.keys.encode(key)
    const partners = rows[side.other].between(bytes, time - side.back, time + side.reach)
    const isOver = site.node.emit === 'updates' && time + side.reach < clock.time
    const isAlone = side.isOuter && partners.length === 0
    rows[side.name].add(bytes, value, time, !isAlone || isOver)
    for (const partner of partners) {
      if (!partner.spoken) rows[side.other].speak(partner)
      this.emit(key, { side: side.name, value }, partner.value, Math.max(time, partner.time))
    }
    if (isAlone && isOver) this.emit(key, { side: side.name, value }, undefined, time)
  }

  private emit(key: unknown, row: SidedValue, partner: unknown, time: number): void {
    this.joined(key, row, partner, time, (...result) => emitDerived(this.site, ...result))
  }

  private joined(key: unknown, { side, value }: SidedValue, partner: unknown, time: number, forward: Forward): void {
    const { context, site } = this
    enter(context, site.index, key, time, null)
    const { joiner } = site.node
    const result = side === 'left' ? joiner(value, partner, context) : joiner(partner, value, context)
    forward(key, result, time, null)
  }

  /** Rows that can meet no partner any more leave; those that never met one come out. +Infinity closes all. */
  private close(time: number): void {
    if (this.firstClosed(time) === Number.POSITIVE_INFINITY) return
    withoutCause(this.context, () => {
      for (let at = this.firstClosed(time); at < Number.POSITIVE_INFINITY; at = this.firstClosed(time)) {
        for (const side of this.sides) if (at + side.life < time) this.closeAt(side, at)
        if (time === Number.POSITIVE_INFINITY) this.clock.end(at)
      }
    })
  }

  /** The smallest time of a row that is closed. */
  private firstClosed(time: number): number {
    let first = Number.POSITIVE_INFINITY
    for (const { name, life } of this.sides) {
      const at = this.rows[name].firstTime
      if (at < first && at + life < time) first = at
    }
    return first
  }

  private closeAt({ name }: JoinSide, at: number): void {
    const rows = this.rows[name]
    for (const row of rows.at(at)) {
      rows.delete(row)
      if (!row.spoken) this.emitAlone(name, row)
    }
  }

  private emitAlone(side: JoinSide['name'], { key, value, time }: JoinRow): void {
    const row: SidedValue = { side, value }
    emitRow(this.alone, { key: this.keys.decode(key), value: row, time }, null)
  }
}

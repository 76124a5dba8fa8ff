/** Records wait until versions that come late are there too, then meet the version valid at their own time. */
import type { Window } from '../../record.ts'
import type { TableLookupNode } from '../../topology/nodes/joins.ts'
import { emitRow } from '../emission.ts'
import { KeyBytes } from '../key-bytes.ts'
import type { Forward, MutableContext, Operator, OperatorTime } from '../operator.ts'
import type { Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { withoutCause } from '../without-cause.ts'
import { keyed } from './null-rules.ts'
import { TimeOfJoin } from './time-of-joins.ts'
import { WaitingRows } from './waiting-rows.ts'

export class WaitingLookup implements Operator {
  readonly receive: Forward
  readonly inputs: readonly Forward[]
  readonly hold: number
  private readonly context: MutableContext
  private readonly join: Forward
  private readonly clock: TimeOfJoin
  private readonly waiting: WaitingRows
  private readonly keys: KeyBytes
  /** Joins before it forwards. */
  private readonly release: Site<TableLookupNode>

  /** @param leave joins what has waited */
  constructor(site: Site<TableLookupNode>, join: Forward, leave: Forward, grace: number) {
    const { node, environment } = site
    this.context = environment.context
    this.join = join
    this.hold = grace
    this.clock = new TimeOfJoin(node, 'first')
    this.waiting = new WaitingRows(orderedStore(environment, node.stores[0]!.name))
    this.keys = new KeyBytes(node.keySerde, `the join ${node.name}`)
    this.release = { ...site, forward: leave }
    const take = keyed(site, (...record) => this.take(...record), join)
    this.receive = (key, value, time, window) => {
      this.clock.take(this.context, time)
      this.releaseUpTo(this.clock.time - this.hold)
      take(key, value, time, window)
    }
    this.inputs = [this.receive, () => undefined]
  }

  advance(mark: number): void {
    this.clock.mark(mark)
    this.releaseUpTo(Math.max(mark, this.clock.time) - this.hold)
  }

  saveTime(): OperatorTime {
    return this.clock.save()
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
  }

  /** What is old enough already joins ahead of those that wait. */
  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    if (time <= this.clock.time - this.hold) this.join(key, value, time, window)
    else this.waiting.add(this.keys.encode(key), value, time, window)
  }

  private releaseUpTo(time: number): void {
    const { waiting } = this
    if (waiting.firstTime > time) return
    withoutCause(this.context, () => {
      while (waiting.firstTime <= time) {
        const row = waiting.shift()
        if (row === undefined) return
        emitRow(this.release, { ...row, key: this.keys.decode(row.key) }, row.window)
      }
    })
  }
}

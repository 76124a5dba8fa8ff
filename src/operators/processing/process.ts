/** User code with state per key, keyed timers and periodic calls (`semantics.md` 2.14, 2.15). */
import { reject } from '../../faults.ts'
import type { Window } from '../../record.ts'
import type { Undoable } from '../../state/undo.ts'
import type { ProcessNode, Punctuator } from '../../topology/nodes/processing.ts'
import { leadOfTime } from '../lead-of-time.ts'
import { nullKey } from '../null-key.ts'
import type { Forward, Operator, OperatorTime, WallClockWork } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { type Build, enter, type Site } from '../site.ts'
import { whole } from '../whole.ts'
import { withoutCause } from '../without-cause.ts'
import { Memory } from './memory.ts'
import { HandlersContext } from './process-context.ts'
import { never, nextEventTime, nextWallClock } from './punctuation.ts'
import type { TimerRow } from './timers.ts'

export const process: Build<ProcessNode> = (site) => new Processor(site)

type Run = (first: unknown, context: HandlersContext) => Iterable<unknown> | undefined

/** The first wall time it is told is when the first interval begins. */
const untold = 0

class Processor implements Operator, Undoable {
  readonly receive: Forward
  /** Results of timers are stamped with the time at which they fire: they are never behind. */
  readonly hold = 0
  readonly wallClock?: WallClockWork
  private readonly site: Site<ProcessNode>
  private readonly clock: OperatorClock
  private readonly memory: Memory
  private readonly context: HandlersContext
  private wallDue = untold

  constructor(site: Site<ProcessNode>) {
    const { node, environment } = site
    const now = (): number => this.clock.time
    this.site = site
    this.clock = new OperatorClock(leadOfTime(site.node))
    this.memory = new Memory(node, environment, now)
    const { handles: state, timers } = this.memory
    this.context = new HandlersContext({ record: environment.context, state, timers, now })
    this.receive = (key, value, time, window) => this.take(key, value, time, window)
    if (node.everyWallClock !== null) this.wallClock = this.wallClockOf(node.everyWallClock)
  }

  advance(mark: number): void {
    this.clock.mark(mark)
    this.fireDue()
    if (mark === Number.POSITIVE_INFINITY) this.fireAll()
  }

  saveTime(): OperatorTime {
    return this.wallDue === untold ? this.clock.save() : { ...this.clock.save(), wallClock: this.wallDue }
  }

  restoreTime(time: OperatorTime): void {
    this.clock.restore(time)
    this.wallDue = time.wallClock ?? untold
  }

  /** Takes back that a periodic call was made, or cancelled. */
  undo(closed: unknown, wallDue: unknown): void {
    this.clock.closed = closed as number
    this.wallDue = wallDue as number
  }

  /** The order of 2.9: time rises, the record is handled, then what is due fires. */
  private take(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { site, clock } = this
    clock.take(site.environment.context, time)
    enter(site.environment.context, site.index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`process ${site.node.name}`)
    if (site.node.onRecord !== null) this.call(site.node.onRecord as Run, value, key, time, { window, changed: time })
    this.fireDue()
  }

  private fireDue(): void {
    const { clock, memory } = this
    if (clock.time < 0) return
    this.fireTimers()
    if (this.punctuate()) this.fireTimers()
    memory.purge(clock.time)
  }

  /** Those that are due, also what they set meanwhile. */
  private fireTimers(): void {
    const { clock, memory } = this
    for (let timer = memory.takeDue(clock.time); timer !== null; timer = memory.takeDue(clock.time))
      this.fireTimer(timer)
  }

  /** The end of a bounded run: every timer that is set. */
  private fireAll(): void {
    for (const timer of this.memory.takeAll()) this.fireTimer(timer)
  }

  /** Results have the time at which it fires; at the end of a bounded run that is the time it was set to. */
  private fireTimer({ key: bytes, name, time: setTo }: TimerRow): void {
    const { onTimer, keySerde } = this.site.node
    const key = keySerde.decode(bytes, 0, bytes.length)
    const time = Math.max(setTo, this.clock.time)
    const timer = Object.freeze({ name, time: setTo })
    this.alone({ key, value: { timer: name, time: setTo }, time }, () => {
      this.call(onTimer as Run, timer, key, time, { window: null, changed: time })
    })
  }

  /** @returns true when the periodic call was made: it may have set timers that are due */
  private punctuate(): boolean {
    const { clock } = this
    const punctuator = this.site.node.everyEventTime
    if (punctuator === null || clock.time < nextEventTime(punctuator.every, clock.closed)) return false
    this.note()
    clock.closed = clock.time
    this.context.cancel = () => this.cancel('closed')
    this.runPeriodic(punctuator, clock.time, 'event-time')
    return true
  }

  private wallClockOf(punctuator: Punctuator): WallClockWork {
    const processor = this
    return {
      get dueAt() {
        return processor.wallDue
      },
      fire(now) {
        const due = processor.wallDue
        processor.wallDue = due === untold ? now + punctuator.every : nextWallClock(punctuator.every, due, now)
        if (due === untold) return
        processor.context.cancel = () => processor.cancel('wallDue')
        processor.runPeriodic(punctuator, now, 'wall-clock')
        processor.fireDue()
      },
    }
  }

  private runPeriodic({ forEachKey, run }: Punctuator, time: number, every: string): void {
    const { memory, clock, site } = this
    const call = (_: unknown, context: HandlersContext) => (run as (context: unknown) => ReturnType<Run>)(context)
    const value = { every, time }
    if (!forEachKey) this.alone({ key: null, value, time }, () => this.call(call, null, null, time, null))
    for (const bytes of forEachKey ? memory.keys() : []) {
      const key = site.node.keySerde.decode(bytes, 0, bytes.length)
      const changed = clock.time
      this.alone({ key, value, time }, () => this.call(call, null, key, time, { window: null, changed }))
    }
  }

  private cancel(which: 'closed' | 'wallDue'): void {
    this.note()
    if (which === 'closed') this.clock.closed = never
    else this.wallDue = never
  }

  private note(): void {
    this.site.environment.undo.note(this, this.clock.closed, this.wallDue, null)
  }

  /** What no record caused happens whole or not at all. */
  private alone(row: { readonly key: unknown; readonly value: unknown; readonly time: number }, run: () => void): void {
    withoutCause(this.site.environment.context, () => whole(this.site, row, run))
  }

  /** Runs a handler with a key's state in hand, or none, and passes on what it returns or yields. */
  private call(
    run: Run,
    first: unknown,
    key: unknown,
    time: number,
    scope: { readonly window: Window | null; readonly changed: number } | null,
  ): void {
    const { site, memory } = this
    const { context } = site.environment
    const window = scope?.window ?? null
    const inHand = (): void => {
      enter(context, site.index, key, time, window)
      if (scope !== null) memory.scope.open(key, scope.changed)
    }
    inHand()
    try {
      for (const result of resultsOf(run(first, this.context), site.node.name)) {
        site.forward(key, result, time, null)
        inHand()
      }
    } finally {
      memory.scope.close()
    }
  }
}

const none: readonly unknown[] = Object.freeze([])

/** @throws reject MR4101 when it is no list: a text is none, though it can be walked */
function resultsOf(returned: unknown, name: string): Iterable<unknown> {
  if (returned === undefined || returned === null) return none
  if (typeof returned === 'object' && Symbol.iterator in returned) return returned as Iterable<unknown>
  throw reject(`A handler of process ${name} returned no list of results but a ${typeof returned}`)
}

/** The one order in which everything of a simulated world happens: by virtual time, and by the seed where that is equal. */
import { type Clock, systemClock, type Timer } from '../../clock.ts'
import { Heap } from '../../heap.ts'
import type { Alarm, Process } from './process.ts'

/** How many alarms ring in one turn of Node's own loop; between two of them Node empties its queues of callbacks. */
const alarmsAtOnce = 64
/** A process that asks for so many in no time at all will never let time pass. */
const mostAlarmsOfOneMoment = 200_000

export class Scheduler {
  #now: number
  #sequence = 0
  readonly #alarms = new Heap<Alarm>(isBefore)
  /** Alarms that have rung since time last moved. */
  #rungNow = 0
  /** Whose code runs. */
  #current: Process | null = null

  constructor(start: number) {
    this.#now = start
  }

  get now(): number {
    return this.#now
  }

  get current(): Process | null {
    return this.#current
  }

  after(process: Process, milliseconds: number, callback: () => void): Timer {
    if (Number.isNaN(milliseconds)) throw new RangeError('a timer needs a number of milliseconds')
    if (process.isDead) return inert
    const at = this.#now + Math.max(0, milliseconds)
    const alarm: Alarm = { at, turn: process.turn(at), sequence: this.#sequence++, process, callback, isSet: true }
    this.#alarms.push(alarm)
    return {
      cancel: () => {
        alarm.isSet = false
      },
    }
  }

  /**
   * Lets time pass until a promise settles.
   * @throws Error when nothing is left that could happen, or not before `end`
   */
  async until<Value>(promise: Promise<Value>, end: number, what: string): Promise<Value> {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    promise.then(settle, settle)
    await this.#run(() => isSettled, end)
    if (!isSettled) throw new Error(`${what} did not come to an end in time`)
    return await promise
  }

  /** Lets time pass until a condition holds; false when it does not by `end`. */
  async untilTrue(condition: () => boolean, end: number): Promise<boolean> {
    await this.#run(condition, end)
    return condition()
  }

  #run(isOver: () => boolean, end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let hasEnded = false
      const stop = (finish: () => void): void => {
        hasEnded = true
        this.#current = null
        finish()
      }
      const step = (): void => {
        if (hasEnded) return
        try {
          if (isOver() || !this.#ringNext(end)) stop(resolve)
        } catch (error) {
          stop(() => reject(error))
        }
      }
      const round = (): void => {
        if (hasEnded) return
        for (let count = 0; count < alarmsAtOnce; count++) systemClock.soon(step)
        systemClock.soon(round)
      }
      systemClock.soon(round)
    })
  }

  /** @returns false when none is due by `end`; then the time is `end` */
  #ringNext(end: number): boolean {
    for (;;) {
      const alarm = this.#alarms.first()
      if (alarm === undefined || alarm.at > end) {
        this.#now = Math.max(this.#now, Number.isFinite(end) ? end : this.#now)
        return false
      }
      this.#alarms.pop()
      if (!alarm.isSet || alarm.process.isDead) continue
      if (alarm.process.frozenUntil > alarm.at) this.#postpone(alarm)
      else {
        this.#ring(alarm)
        return true
      }
    }
  }

  /** What falls due while its process stands still happens when it goes on, in the same order. */
  #postpone(alarm: Alarm): void {
    alarm.at = alarm.process.frozenUntil
    alarm.turn = alarm.process.turn(alarm.at)
    this.#alarms.push(alarm)
  }

  #ring(alarm: Alarm): void {
    alarm.isSet = false
    if (alarm.at > this.#now) this.#rungNow = 0
    if (++this.#rungNow > mostAlarmsOfOneMoment) throw new Error(`time stands still in ${alarm.process.name}`)
    this.#now = Math.max(this.#now, alarm.at)
    this.#current = alarm.process
    alarm.callback()
  }
}

const inert: Timer = { cancel: () => undefined }

/** The clock of one process: its own idea of the time of day, and alarms that die and stand still with it. */
export class ProcessClock implements Clock {
  readonly #scheduler: Scheduler
  readonly #process: Process
  /** Milliseconds by which its time of day is wrong. */
  skew = 0

  constructor(scheduler: Scheduler, process: Process) {
    this.#scheduler = scheduler
    this.#process = process
  }

  get isDead(): boolean {
    return this.#process.isDead
  }

  now(): number {
    return Math.floor(this.#scheduler.now) + this.skew
  }

  monotonic(): number {
    return this.#scheduler.now
  }

  after(milliseconds: number, callback: () => void): Timer {
    return this.#scheduler.after(this.#process, milliseconds, callback)
  }

  soon(callback: () => void): void {
    this.#scheduler.after(this.#process, 0, callback)
  }
}

function isBefore(one: Alarm, other: Alarm): boolean {
  if (one.at !== other.at) return one.at < other.at
  if (one.turn !== other.turn) return one.turn < other.turn
  return one.sequence < other.sequence
}

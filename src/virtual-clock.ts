/** Time that passes only when it is told to, for tests and simulations. */
import { type Clock, type Duration, systemClock, type Timer, toMilliseconds, turn } from './clock.ts'
import { Heap } from './heap.ts'

interface Alarm {
  readonly at: number
  readonly callback: () => void
  /** Order of asking: what is due at the same time is called in that order. */
  readonly sequence: number
  isSet: boolean
}

const longestWait: Duration = { hours: 1 }

/**
 * A clock that is moved by hand. Between two alarms everything that the first set in motion is waited for, so that a
 * run depends on nothing but what it was given.
 * @example
 * const clock = new VirtualClock()
 * const answer = client.send(request) // goes over in-process sockets on this clock
 * await clock.until(answer)           // lets as much time pass as it takes
 */
export class VirtualClock implements Clock {
  #now: number
  #sequence = 0
  /** The alarm that is due next comes first. */
  readonly #alarms = new Heap<Alarm>(isBefore)
  /** Alarms in the heap that will not ring. */
  #cancelled = 0

  constructor(start = 1_700_000_000_000) {
    this.#now = start
  }

  /** Whole milliseconds, as those of a machine are. */
  now(): number {
    return Math.floor(this.#now)
  }

  monotonic(): number {
    return this.#now
  }

  /** Alarms that are set. */
  get pending(): number {
    return this.#alarms.size - this.#cancelled
  }

  after(milliseconds: number, callback: () => void): Timer {
    if (Number.isNaN(milliseconds)) throw new RangeError('a timer needs a number of milliseconds')
    const alarm: Alarm = {
      at: this.#now + Math.max(0, milliseconds),
      callback,
      sequence: this.#sequence++,
      isSet: true,
    }
    this.#alarms.push(alarm)
    return {
      cancel: () => {
        if (alarm.isSet) this.#cancelled++
        alarm.isSet = false
      },
    }
  }

  soon(callback: () => void): void {
    this.after(0, callback)
  }

  /** Lets time pass; what falls due is called in order, and what that sets in motion is waited for. */
  async advance(duration: Duration): Promise<void> {
    const end = this.#now + toMilliseconds(duration)
    await turn(systemClock)
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) {
      this.#ring(alarm)
      await turn(systemClock)
    }
    this.#now = Math.max(this.#now, end)
  }

  /** Lets time pass without waiting for anything in between: for code that keeps no promises. */
  advanceNow(duration: Duration): void {
    const end = this.#now + toMilliseconds(duration)
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) this.#ring(alarm)
    this.#now = Math.max(this.#now, end)
  }

  /**
   * Lets as much time pass as a promise needs, an hour at most, and gives what it resolves to.
   * @throws Error when nothing is left that could happen before the promise settles
   */
  async until<Value>(promise: Promise<Value>, atMost: Duration = longestWait): Promise<Value> {
    const end = this.#now + toMilliseconds(atMost)
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    promise.then(settle, settle)
    for (await turn(systemClock); !isSettled; await turn(systemClock)) {
      const alarm = this.#next(end)
      if (alarm === undefined) throw new Error(`still waiting at ${this.#now}, and nothing is going to happen`)
      this.#ring(alarm)
    }
    return await promise
  }

  /** Lets time pass until nothing is set any more. @throws Error when that does not come within an hour */
  async untilIdle(atMost: Duration = longestWait): Promise<void> {
    const end = this.#now + toMilliseconds(atMost)
    for (await turn(systemClock); this.pending > 0; await turn(systemClock)) {
      const alarm = this.#next(end)
      if (alarm === undefined) throw new Error(`${this.pending} timers are still set at ${this.#now}`)
      this.#ring(alarm)
    }
  }

  /** The alarm that is due next, if it is by `end`. */
  #next(end: number): Alarm | undefined {
    let first = this.#alarms.first()
    for (; first !== undefined && !first.isSet; first = this.#alarms.first()) {
      this.#cancelled--
      this.#alarms.pop()
    }
    return first !== undefined && first.at <= end ? first : undefined
  }

  #ring(alarm: Alarm): void {
    this.#alarms.pop()
    alarm.isSet = false
    this.#now = Math.max(this.#now, alarm.at)
    alarm.callback()
  }
}

function isBefore(one: Alarm, other: Alarm): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence)
}

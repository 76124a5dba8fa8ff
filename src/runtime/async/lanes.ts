/** The calls of one step: a queue per key, in which answers wait for those before them, and a bound for all together. */
import type { Call } from './flight.ts'

export class Lanes {
  private readonly concurrency: number
  private readonly lanes = new Map<string, Call[]>()
  private readonly waiting: Call[] = []
  /** Asked, and not delivered: an answer that waits for another takes room too. */
  private underWay = 0
  /** Answered from memory, and not delivered. */
  private given = 0

  constructor(concurrency: number) {
    this.concurrency = concurrency
  }

  /** True when another call could be asked at once. */
  get hasRoom(): boolean {
    return this.waiting.length === 0 && this.underWay + this.given < this.concurrency
  }

  add(call: Call): void {
    if (call.isGiven) this.given++
    else this.waiting.push(call)
    const lane = this.lanes.get(call.lane)
    if (lane === undefined) this.lanes.set(call.lane, [call])
    else lane.push(call)
  }

  /** The next call to ask; null while there is no room, or none waits. */
  get firstWaiting(): Call | null {
    return this.underWay < this.concurrency ? (this.waiting[0] ?? null) : null
  }

  /** It is asked. */
  takeWaiting(): void {
    this.waiting.shift()
    this.underWay++
  }

  /** The call of its lane that all others wait for. */
  firstOf(call: Call): Call {
    return this.lanes.get(call.lane)![0]!
  }

  /** The call is delivered or given up. @returns the one that was waiting for it and is answered, or null */
  remove(call: Call): Call | null {
    const lane = this.lanes.get(call.lane)!
    const wasFirst = lane[0] === call
    lane.splice(lane.indexOf(call), 1)
    if (call.isGiven) this.given--
    else if (call.state === 'waiting') this.waiting.splice(this.waiting.indexOf(call), 1)
    else this.underWay--
    if (lane.length === 0) this.lanes.delete(call.lane)
    const first = lane[0]
    return wasFirst && first?.state === 'answered' ? first : null
  }
}

/** Tells the coordinator regularly that a member lives, and listens to what it answers. */
import type { Clock, Timer } from '../../../clock.ts'
import { isRepeatable } from '../../faults.ts'
import { KafkaError } from '../../port.ts'

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly intervalMilliseconds: number
  beat(): Promise<void>
  /** The coordinator calls the members together. */
  rebalance(): void
  /** Membership is gone. */
  lost(error: KafkaError): void
}

const firstPauseMilliseconds = 100

interface Waiter {
  resolve(): void
  reject(error: KafkaError): void
}

export class Heartbeats {
  readonly #options: HeartbeatOptions
  #timer: Timer | null = null
  #pauseMilliseconds = 0
  /** Rises with every start and stop: an answer from before is about a membership that is no more. */
  #period = 0
  #isRunning = false
  #isBeating = false
  #waiters: Waiter[] = []

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  start(): void {
    this.#period++
    this.#isRunning = true
    this.#pauseMilliseconds = firstPauseMilliseconds
    this.#schedule(this.#waiters.length > 0 ? 0 : this.#nextPause())
  }

  /** While a join waits on the connection, and when there is no membership. */
  stop(): void {
    this.#period++
    this.#isRunning = false
    this.#timer?.cancel()
  }

  /** Resolves when a beat sent from now on is answered well. @throws KafkaError when membership is lost first */
  confirm(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (this.#isRunning && !this.#isBeating) this.#schedule(0)
    })
  }

  /** Tells everyone who waits for a confirmation that none will come. */
  reject(error: KafkaError): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(error)
  }

  /** One rebalance is often followed by the next at once, when partitions were given up: so the first beats come sooner. */
  #nextPause(): number {
    const pause = Math.min(this.#pauseMilliseconds, this.#options.intervalMilliseconds)
    this.#pauseMilliseconds = pause * 2
    return pause
  }

  #schedule(milliseconds: number): void {
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(milliseconds, () => void this.#beat())
  }

  async #beat(): Promise<void> {
    if (!this.#isRunning || this.#isBeating) return
    this.#isBeating = true
    const period = this.#period
    const waiting = this.#waiters
    this.#waiters = []
    const error = await this.#options.beat().then(
      () => null,
      (failure: KafkaError) => failure,
    )
    this.#isBeating = false
    if (isOfMember(error) && period === this.#period) for (const waiter of waiting) waiter.resolve()
    else this.#waiters.unshift(...waiting)
    if (!this.#isRunning) return
    // Before what follows, which may stop the beats.
    this.#schedule(this.#waiters.length > waiting.length ? 0 : this.#nextPause())
    if (error !== null && period === this.#period) this.#hear(error)
  }

  #end(error: KafkaError): void {
    this.stop()
    this.reject(error)
  }

  #hear(error: KafkaError): void {
    if (!(error instanceof KafkaError)) throw error
    if (error.reason === 'REBALANCE_IN_PROGRESS') this.#options.rebalance()
    else if (error.reason === 'CLOSED') this.#end(error)
    else if (!isRepeatable(error)) this.#options.lost(error)
  }
}

/** Who is called to a rebalance is a member; waiting for a better answer would keep the rebalance waiting. */
function isOfMember(error: KafkaError | null): boolean {
  return error === null || error.reason === 'REBALANCE_IN_PROGRESS'
}

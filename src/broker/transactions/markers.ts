/**
 * Markers are written after EndTxn was answered, partition by partition, each after a delay of its own: whoever takes
 * the answer for the end of the transaction is found out.
 */

import { type Random, randomInteger } from '../../random.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import type { Timers } from '../timers.ts'

/** How long to wait where a marker could not be written: a full disk. */
const retryMilliseconds = 1000

interface Hold {
  /** Several may hold one partition. */
  count: number
  readonly waiting: (() => void)[]
}

export class Markers {
  readonly #timers: Timers
  readonly #random: Random
  readonly #delay: { readonly minimum: number; readonly maximum: number }
  readonly #held: Map<string, Hold> = new Map()

  constructor(timers: Timers, random: Random, delay: { readonly minimum: number; readonly maximum: number }) {
    this.#timers = timers
    this.#random = random
    this.#delay = delay
  }

  /** Calls `write` for each partition in its own time, again while it says false, and `done` after the last. */
  schedule(
    partitions: readonly TopicPartition[],
    write: (partition: TopicPartition) => boolean,
    done: () => void,
  ): void {
    let left = partitions.length
    if (left === 0) this.#timers.after(0, done)
    for (const partition of partitions) {
      const perform = (): void => {
        if (!write(partition)) this.#timers.after(retryMilliseconds, perform)
        else if (--left === 0) done()
      }
      const delay = randomInteger(this.#random, this.#delay.minimum, this.#delay.maximum)
      this.#timers.after(delay, () => this.#unlessHeld(partition, perform))
    }
  }

  /** Keeps back the markers of a partition until the function returned is called. */
  hold(partition: TopicPartition): () => void {
    const name = partitionName(partition)
    const hold = this.#held.get(name) ?? { count: 0, waiting: [] }
    this.#held.set(name, hold)
    hold.count++
    let released = false
    return () => {
      if (released) return
      released = true
      if (--hold.count > 0) return
      this.#held.delete(name)
      for (const perform of hold.waiting) perform()
    }
  }

  #unlessHeld(partition: TopicPartition, perform: () => void): void {
    const hold = this.#held.get(partitionName(partition))
    if (hold === undefined) perform()
    else hold.waiting.push(perform)
  }
}

/** Follows the registry's topic and folds it into the state. */
import { type Clock, sleep } from '../clock.ts'
import type { FetchedPartition, Fetcher, Kafka } from '../kafka/port.ts'
import { refusals } from './errors.ts'
import { applyRecord } from './journal.ts'
import type { State } from './state.ts'

interface Waiter {
  readonly offset: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** After a fetch that failed, milliseconds. */
const pause = 250

export class TopicReader {
  private readonly kafka: Kafka
  private readonly place: { readonly topic: string; readonly partition: number }
  private readonly state: State
  private readonly clock: Clock
  private readonly fetcher: Fetcher
  private readonly waiters = new Set<Waiter>()
  private readonly watched = new Set<number>()
  private readonly seen = new Set<number>()
  private position = 0
  private turning: Promise<void> = Promise.resolve()
  private isClosed = false

  constructor({ kafka, topic, state, clock }: { kafka: Kafka; topic: string; state: State; clock: Clock }) {
    this.kafka = kafka
    this.place = { topic, partition: 0 }
    this.state = state
    this.clock = clock
    this.fetcher = kafka.fetcher({ isolation: 'read_committed' })
  }

  async start(): Promise<void> {
    const [start] = await this.kafka.offsets([this.place], 'earliest')
    this.position = start!.offset
    this.fetcher.seek(this.place, start!.offset)
    this.turning = this.turn()
  }

  /** Resolves when all that is in the topic now has been read; waits for transactions that are still open. */
  async catchUp(): Promise<void> {
    const [end] = await this.kafka.offsets([this.place], 'end')
    await this.reach(end!.offset)
  }

  /** Resolves when everything before `offset` has been read. */
  reach(offset: number): Promise<void> {
    if (this.position >= offset) return Promise.resolve()
    if (this.isClosed) return Promise.reject(refusals.store('the registry is closed'))
    return new Promise((resolve, reject) => {
      this.waiters.add({ offset, resolve, reject })
    })
  }

  /** From now on `hasSeen` knows whether the record at this offset was read, that is, was committed. */
  watch(offset: number): void {
    this.watched.clear()
    this.seen.clear()
    this.watched.add(offset)
  }

  hasSeen(offset: number): boolean {
    return this.seen.has(offset)
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.fetcher.wake()
    await this.turning
    await this.fetcher.close()
    for (const { reject } of this.waiters) reject(refusals.store('the registry is closed'))
    this.waiters.clear()
  }

  private async turn(): Promise<void> {
    while (!this.isClosed) {
      try {
        for (const fetched of await this.fetcher.poll({ seconds: 1 })) this.take(fetched)
      } catch {
        // While Kafka can't be reached, what was read still serves; writes say what is wrong.
        if (!this.isClosed) await sleep(this.clock, pause)
      }
    }
  }

  private take({ batches, nextOffset }: FetchedPartition): void {
    for (const batch of batches) {
      for (const cursor = batch.cursor(); cursor.next(); ) {
        const { bytes, offset, keyStart, keyEnd, valueStart, valueEnd } = cursor
        if (offset < this.position || keyStart < 0) continue
        if (this.watched.has(offset)) this.seen.add(offset)
        const value = valueStart < 0 ? null : bytes.toString('utf8', valueStart, valueEnd)
        applyRecord(this.state, bytes.toString('utf8', keyStart, keyEnd), value)
      }
    }
    this.position = Math.max(this.position, nextOffset)
    for (const waiter of this.waiters) {
      if (waiter.offset > this.position) continue
      this.waiters.delete(waiter)
      waiter.resolve()
    }
  }
}

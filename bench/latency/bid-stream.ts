/** Writes bids at an even rate, each with the wall time of its production, into the topic that work `latency` reads. */
import { BatchBuilder, type Kafka, type Producer, partitionFor } from '../../scripts/tools/client.ts'
import { type Clock, systemClock, type Timer } from '../../scripts/tools/world.ts'
import { generateEvents } from '../nexmark/events.ts'
import { dueBy } from './pace.ts'

export interface StreamOptions {
  readonly topic: string
  readonly partitions: number
  readonly perSecond: number
}

/** So many records a second since then, and what had been sent by then. */
interface Pace {
  readonly perSecond: number
  readonly since: number
  readonly before: number
}

const tickMilliseconds = 5

/** Bytes of a bid before and behind its time, and where it goes. */
interface Template {
  readonly partition: number
  readonly key: string
  readonly before: string
  readonly after: string
}

/** A stream that runs from its start until it is stopped. */
export class BidStream {
  readonly #options: StreamOptions
  readonly #clock: Clock
  readonly #producer: Producer
  readonly #templates: readonly Template[]
  readonly #batches: readonly BatchBuilder[]
  #pace: Pace
  #timer: Timer
  #sent = 0
  #failure: unknown = null
  #closing: Promise<void> | null = null

  constructor(kafka: Kafka, options: StreamOptions, clock: Clock = systemClock) {
    this.#options = options
    this.#clock = clock
    this.#producer = kafka.producer()
    this.#templates = templatesOf(options.partitions)
    this.#batches = Array.from({ length: options.partitions }, () => new BatchBuilder())
    this.#pace = { perSecond: options.perSecond, since: clock.monotonic(), before: 0 }
    this.#timer = clock.after(tickMilliseconds, () => this.#tick())
  }

  /** Records sent so far. */
  get sent(): number {
    return this.#sent
  }

  /** From now on at another rate. */
  goOnAt(perSecond: number): void {
    this.#pace = { perSecond, since: this.#clock.monotonic(), before: this.#sent }
  }

  /** A second call does nothing more. @throws what an append was refused with: then the stream had a hole */
  async stop(): Promise<void> {
    this.#timer.cancel()
    this.#closing ??= this.#producer.close()
    await this.#closing
    if (this.#failure !== null) throw this.#failure
  }

  #tick(): void {
    this.#timer = this.#clock.after(tickMilliseconds, () => this.#tick())
    const { perSecond, since, before } = this.#pace
    const now = this.#clock.now()
    for (let due = dueBy(this.#clock.monotonic() - since, perSecond, this.#sent - before); due > 0; due--) {
      const { partition, key, before, after } = this.#templates[this.#sent++ % this.#templates.length]!
      this.#batches[partition]!.append(now, key, `${before}${now}${after}`)
    }
    for (const [partition, batch] of this.#batches.entries()) {
      if (batch.count > 0) this.#send(partition, batch)
    }
  }

  #send(partition: number, batch: BatchBuilder): void {
    this.#producer.append({ topic: this.#options.topic, partition }, batch).catch((error: unknown) => {
      this.#failure ??= error
    })
  }
}

/** Enough of them that keys and prices are as mixed as in the other works. */
const templateCount = 10_000

function templatesOf(partitions: number): Template[] {
  const bids = [...generateEvents(templateCount)].filter(({ topic }) => topic === 'bids')
  return bids.map(({ id, value }) => {
    const key = String(id)
    const [before = '', after = ''] = JSON.stringify(value).split(/(?<="dateTime":)\d+/)
    return { partition: partitionFor(Buffer.from(key), partitions), key, before, after }
  })
}

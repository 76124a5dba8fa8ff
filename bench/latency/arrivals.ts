/** A read_committed reader of a result that notes how old each record is when it arrives. */
import type { Kafka } from '../../scripts/tools/client.ts'
import { type Clock, systemClock } from '../../scripts/tools/world.ts'
import { Histogram } from './histogram.ts'
import { producedAt } from './produced-at.ts'
import type { Arrival } from './visible.ts'

/** What was produced from `from` to before `to` is measured; wall times in milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

export class Arrivals {
  readonly latencies: Histogram = new Histogram()
  /** Of measured records, in order. */
  readonly arrivals: Arrival[] = []
  /** Records that have arrived, measured or not. */
  count = 0
  /** Set when it is known: nothing is measured before. */
  span: Span | null = null
  readonly #fetcher: ReturnType<Kafka['fetcher']>
  readonly #clock: Clock
  readonly #reading: Promise<void>
  #isStopped = false

  constructor(kafka: Kafka, topic: string, partitions: number, clock: Clock = systemClock) {
    this.#clock = clock
    this.#fetcher = kafka.fetcher({ isolation: 'read_committed' })
    for (let partition = 0; partition < partitions; partition++) this.#fetcher.seek({ topic, partition }, 0)
    this.#reading = this.#read()
    // Whoever stops it hears of its failure; until then nobody listens.
    this.#reading.catch(() => {})
  }

  /** @throws what ended the reading before */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#fetcher.wake()
    await this.#reading
    await this.#fetcher.close()
  }

  async #read(): Promise<void> {
    while (!this.#isStopped) {
      const fetched = await this.#fetcher.poll({ seconds: 1 })
      const at = this.#clock.now()
      let records = 0
      for (const { batches } of fetched) {
        for (const batch of batches) {
          for (const cursor = batch.cursor(); cursor.next(); ) {
            this.count++
            if (this.#note(at, producedAt(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd)))) records++
          }
        }
      }
      if (records > 0) this.arrivals.push({ at, records })
    }
  }

  #note(at: number, produced: number): boolean {
    if (this.span === null || produced < this.span.from || produced >= this.span.to) return false
    this.latencies.add(at - produced)
    return true
  }
}

/** What happens to logs without anybody asking: old segments go, keys are compacted, forgotten producers, flushes. */
import { toError } from '../faults.ts'
import type { PartitionLog } from './log/log.ts'
import type { Settings } from './options.ts'
import type { BrokerData } from './storage/data.ts'
import type { Timers } from './timers.ts'
import type { Topics } from './topics.ts'

export class Maintenance {
  readonly #settings: Settings
  readonly #topics: Topics
  readonly #data: BrokerData

  constructor(settings: Settings, topics: Topics, data: BrokerData) {
    this.#settings = settings
    this.#topics = topics
    this.#data = data
  }

  /** Does each thing again and again, in its own interval. */
  start(timers: Timers): void {
    const { clock, producerIdExpiration } = this.#settings
    const { retentionCheckInterval, compactionCheckInterval, producerIdExpirationCheckInterval } = this.#settings
    timers.every(retentionCheckInterval, () => this.#each((log) => log.applyRetention(clock.now())))
    timers.every(compactionCheckInterval, () => this.#each((log) => log.compactIfDirty(clock.now())))
    timers.every(producerIdExpirationCheckInterval, () =>
      this.#each((log) => log.producers.expire(clock.now(), producerIdExpiration)),
    )
    if (this.#settings.directory !== null && this.#settings.flush === 'interval') {
      timers.every(this.#settings.flushInterval, () => this.#guard(() => this.#data.flush()))
    }
  }

  #each(work: (log: PartitionLog) => void): void {
    for (const { partitions } of this.#topics.all()) for (const log of partitions) this.#guard(() => work(log))
  }

  /** A disk that is full must not end the broker: the next round tries again. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#settings.onError(toError(error))
    }
  }
}

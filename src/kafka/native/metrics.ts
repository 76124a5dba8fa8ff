/** Counts of what a client asks, by request type. Nothing is allocated per request: a few numbers are added to. */
import type { Api } from '../../wire/schema.ts'
import { latencyBounds, type RequestMetrics } from '../port.ts'

export class RequestCounters {
  readonly #buckets: number[] = new Array(latencyBounds.length + 1).fill(0)
  #sent = 0
  #answered = 0
  #refused = 0
  #lost = 0
  #bytesOut = 0
  #bytesIn = 0
  #latencySum = 0
  #latencyMaximum = 0
  #throttledSum = 0

  sent(bytes: number): void {
    this.#sent++
    this.#bytesOut += bytes
  }

  answered(bytes: number, milliseconds: number, isRefusal: boolean): void {
    this.#answered++
    this.#bytesIn += bytes
    if (isRefusal) this.#refused++
    this.#latencySum += milliseconds
    if (milliseconds > this.#latencyMaximum) this.#latencyMaximum = milliseconds
    let bucket = 0
    while (bucket < latencyBounds.length && milliseconds > latencyBounds[bucket]!) bucket++
    this.#buckets[bucket]!++
  }

  /** Its answer will never come. */
  lost(): void {
    this.#lost++
  }

  throttled(milliseconds: number): void {
    this.#throttledSum += milliseconds
  }

  snapshot(): RequestMetrics {
    return {
      requests: this.#sent,
      answers: this.#answered,
      refused: this.#refused,
      lost: this.#lost,
      inFlight: this.#sent - this.#answered - this.#lost,
      bytesOut: this.#bytesOut,
      bytesIn: this.#bytesIn,
      latency: { sum: this.#latencySum, maximum: this.#latencyMaximum, counts: [...this.#buckets] },
      throttled: this.#throttledSum,
    }
  }
}

/** All counters of one client. */
export class ClientMetrics {
  readonly #byApi = new Map<Api, RequestCounters>()

  of(api: Api): RequestCounters {
    let counters = this.#byApi.get(api)
    if (counters === undefined) {
      counters = new RequestCounters()
      this.#byApi.set(api, counters)
    }
    return counters
  }

  snapshot(): ReadonlyMap<string, RequestMetrics> {
    return new Map([...this.#byApi].map(([api, counters]) => [api.name, counters.snapshot()]))
  }
}

/** The last requests that the broker got, for tests and for people who wonder what a client does. */
import type { Broker } from './broker.ts'
import type { Exchange } from './exchange.ts'
import { seenRequest } from './seen.ts'

export interface LoggedRequest {
  /** Milliseconds since 1970 on the broker's clock. */
  readonly time: number
  readonly node: number
  readonly clientId: string
  readonly api: string
  readonly version: number
  readonly topics: readonly string[]
  readonly groups: readonly string[]
  readonly transactionalId: string | null
  /** The first error in the answer, 0 when there is none, null when nothing was answered. */
  readonly errorCode: number | null
}

/** What is left out matches all. */
export type RequestFilter = Partial<Pick<LoggedRequest, 'api' | 'node' | 'clientId' | 'transactionalId'>>

export class RequestLog {
  readonly #broker: () => Broker
  readonly #limit: number
  readonly #ring: LoggedRequest[] = []
  #next = 0

  /** Keeps the last `limit` requests. */
  constructor(broker: () => Broker, limit: number) {
    this.#broker = broker
    this.#limit = limit
  }

  note({ api, caller, request, response }: Exchange): void {
    const { topics, groups, transactionalId } = seenRequest(api, caller, request, this.#broker())
    this.#ring[this.#next] = {
      time: this.#broker().now(),
      node: caller.node,
      clientId: caller.clientId,
      api,
      version: caller.version,
      topics: [...topics],
      groups: [...groups],
      transactionalId,
      errorCode: response === null ? null : firstError(response),
    }
    this.#next = (this.#next + 1) % this.#limit
  }

  /** Oldest first. */
  requests(filter: RequestFilter = {}): LoggedRequest[] {
    const inOrder = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined)
    return inOrder.filter((one) => wanted.every(([field, value]) => one[field as keyof RequestFilter] === value))
  }
}

/** Kafka's messages call it `errorCode` nearly everywhere, `partitionErrorCode` where it was named late. */
function firstError(value: unknown): number {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 0
  for (const [name, inner] of Object.entries(value)) {
    const isCode = name === 'errorCode' || name === 'partitionErrorCode'
    const code = isCode && typeof inner === 'number' ? inner : firstError(inner)
    if (code !== 0) return code
  }
  return 0
}

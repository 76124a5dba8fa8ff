/** A broker that was started: what can be done to it, and what can be asked of it. */
import type { AuditReport } from './audit/report.ts'
import { Watch } from './audit/watch.ts'
import type { Broker } from './broker.ts'
import {
  type BrokerDescription,
  describeGroups,
  describeNodes,
  describeTopics,
  describeTransactions,
} from './control/describe.ts'
import type { EmbeddedBroker, EmbeddedNode } from './embedded.ts'
import type { SocketFactory } from './in-process/factory.ts'
import type { BrokerNode } from './nodes.ts'
import { type Open, Operations } from './operations.ts'
import { type LoggedRequest, type RequestFilter, RequestLog } from './request-log.ts'

export class RunningBroker extends Operations implements EmbeddedBroker {
  readonly #requests: RequestLog | null
  readonly #watch: Watch | null
  readonly socketFactory: SocketFactory
  /** Of the control endpoint; null when there is none. */
  control: { readonly port: number; close(): Promise<void> } | null = null

  constructor(broker: Broker, open: Open, socketFactory: SocketFactory) {
    super(broker, open)
    this.socketFactory = socketFactory
    const { requestLog, audit } = broker.settings
    this.#requests = requestLog > 0 ? this.#keepRequests(requestLog) : null
    this.#watch = audit ? this.#startWatch() : null
  }

  get address(): string {
    return textOf(this.nodes[0]!)
  }

  get addresses(): string {
    return this.nodes.map(textOf).join(',')
  }

  get port(): number {
    return this.nodes[0]!.port
  }

  get controlPort(): number | null {
    return this.control?.port ?? null
  }

  get nodes(): readonly EmbeddedNode[] {
    return this.broker.nodes.all()
  }

  get faults(): EmbeddedBroker['faults'] {
    return this.broker.faults
  }

  requests(filter?: RequestFilter): LoggedRequest[] {
    if (this.#requests === null)
      throw new Error('requests are kept by a broker that was started with `requestLog` only')
    return this.#requests.requests(filter)
  }

  audit(): AuditReport {
    if (this.#watch === null) throw new Error('only a broker that was started with `audit` can tell')
    return this.#watch.report()
  }

  /** Everything there is, for people who look at it. */
  describe(): BrokerDescription {
    return {
      nodes: describeNodes(this.broker),
      topics: describeTopics(this.broker),
      transactions: describeTransactions(this.broker),
      groups: describeGroups(this.broker),
    }
  }

  async close(): Promise<void> {
    this.broker.timers.close()
    await this.control?.close()
    await Promise.all(this.broker.nodes.all().map(({ listener }) => listener?.close()))
    this.broker.close()
  }

  #keepRequests(limit: number): RequestLog {
    const log = new RequestLog(() => this.broker, limit)
    this.broker.observers.add((exchange) => log.note(exchange))
    return log
  }

  #startWatch(): Watch {
    const watch = new Watch(() => this.broker)
    this.broker.observers.add((exchange) => watch.exchange(exchange))
    this.broker.markerObservers.add((partition, marker) => watch.marker(partition, marker))
    return watch
  }
}

function textOf({ address: { host, port } }: Pick<BrokerNode, 'address'>): string {
  return `${host}:${port}`
}

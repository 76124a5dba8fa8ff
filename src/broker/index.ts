/**
 * The embedded broker: Kafka's protocol in one process, in memory, for a desk and for tests.
 * @example
 * const broker = await startBroker({ partitions: 6 })
 * console.log(broker.address) // 127.0.0.1:45021
 * await broker.close()
 */
import type { TopicPartition } from '../record.ts'
import { Broker } from './broker.ts'
import type { Faults } from './faults.ts'
import { offsetsPartition } from './groups/partitions.ts'
import { type BrokerOptions, settingsOf } from './options.ts'
import { listen } from './server.ts'

export { type FaultAction, type Faults, faultActions, type Interception, type RequestMatch } from './faults.ts'
export type { BrokerOptions } from './options.ts'

/** What it is not; printed wherever one is started for people. */
export const brokerBanner =
  'Embedded broker: one process, one copy of every record, in memory, no replication. Not for production.'

export interface EmbeddedBroker {
  /** `host:port`, as clients take it. */
  readonly address: string
  readonly port: number
  readonly faults: Faults
  /** Keeps back the markers of a partition until the function returned is called. */
  holdMarkers(partition: TopicPartition): () => void
  /** Keeps back the moment at which positions that a transaction has committed for a group become visible. */
  holdOffsets(groupId: string): () => void
  /** Compacts every partition of a topic, whatever its configuration. @throws Error when there is no such topic */
  compactNow(topic: string): void
  /** Aborts transactions that have been open for too long, without waiting for the next check. */
  abortTimedOutTransactions(): void
  /** Removes a member from a group as if its session had ended. False when there is no such member. */
  evict(groupId: string, memberId: string): boolean
  /** Ends every connection; all records are gone. */
  close(): Promise<void>
}

/**
 * Starts a broker and resolves when it can be connected to.
 * @throws Error `EADDRINUSE` when the port is taken
 */
export async function startBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const host = options.host ?? '127.0.0.1'
  const broker = new Broker(settingsOf(options))
  const node = broker.nodes.all()[0]!
  const server = await listen(broker, node.id, host, options.port ?? 0)
  const { port } = server
  node.address = options.advertised ?? { host: host === '0.0.0.0' ? '127.0.0.1' : host, port }
  return {
    address: `${node.address.host}:${node.address.port}`,
    port,
    faults: broker.faults,
    holdMarkers: (partition) => broker.markers.hold(partition),
    holdOffsets: (groupId) => broker.markers.hold(offsetsPartition(groupId)),
    compactNow: (topic) => compactNow(broker, topic),
    abortTimedOutTransactions: () => broker.transactions.abortTimedOut(),
    evict: (groupId, memberId) => broker.groups.evict(groupId, memberId),
    async close() {
      broker.timers.close()
      await server.close()
    },
  }
}

function compactNow(broker: Broker, name: string): void {
  const topic = broker.topics.get(name)
  if (topic === undefined) throw new Error(`there is no topic ${name}`)
  for (const partition of topic.partitions) partition.compact()
}

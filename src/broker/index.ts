/**
 * The embedded broker: Kafka's protocol in one process, for a desk and for tests.
 * @example
 * const broker = await startBroker({ partitions: 6 })
 * console.log(broker.address) // 127.0.0.1:45021
 * await broker.close()
 */

export { VirtualClock } from '../virtual-clock.ts'
export type { AuditReport, Violation, ViolationKind } from './audit/report.ts'
export type { EmbeddedBroker, EmbeddedNode } from './embedded.ts'
export {
  type FaultAction,
  type FaultStep,
  type Faults,
  faultActions,
  type Interception,
  type RequestMatch,
} from './faults.ts'
export type { SocketFactory } from './in-process/factory.ts'
export type { TlsSettings } from './network/tls.ts'
export type { Coordinated } from './operations.ts'
export type { BrokerOptions } from './options.ts'
export type { LoggedRequest, RequestFilter } from './request-log.ts'
export type { SaslOptions, ScramOptions, TokenOwner } from './sasl/options.ts'
export { startBroker } from './start.ts'
export type { FlushPolicy } from './storage/file-segment.ts'

/**
 * What it is not; printed wherever one is started for people.
 * @example console.error(brokerBanner)
 */
export const brokerBanner =
  'Embedded broker: one process, one copy of every record, no replication. Not for production.'

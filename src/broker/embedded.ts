/** What whoever started a broker holds in its hands. */
import type { Duration } from '../clock.ts'
import type { TopicPartition } from '../record.ts'
import type { AuditReport } from './audit/report.ts'
import type { BrokerDescription } from './control/describe.ts'
import type { Faults } from './faults.ts'
import type { SocketFactory } from './in-process/factory.ts'
import type { Address, NodeState } from './nodes.ts'
import type { Coordinated } from './operations.ts'
import type { LoggedRequest, RequestFilter } from './request-log.ts'

export interface EmbeddedNode {
  /** From 1. */
  readonly id: number
  readonly rack: string | null
  /** Where clients are told to find it. */
  readonly address: Address
  /** Where it listens. */
  readonly port: number
  readonly state: NodeState
}

export interface EmbeddedBroker {
  /** `host:port` of the first node, as clients take it. */
  readonly address: string
  /** `host:port` of every node, separated by commas. */
  readonly addresses: string
  readonly port: number
  readonly nodes: readonly EmbeddedNode[]
  /** Where the control endpoint listens; null when there is none. */
  readonly controlPort: number | null
  readonly faults: Faults
  /** How clients connect to a broker that was started in the process, without a port: kafkajs' `socketFactory`. */
  readonly socketFactory: SocketFactory

  /** A node dies: its connections are reset, its partitions and coordinators go to replicas that live. */
  killNode(id: number): Promise<void>
  /** A node that was killed comes back at the same address. It leads what has no leader, and nothing else at first. */
  startNode(id: number): Promise<void>
  /**
   * The whole broker ends as a killed process does and comes back at the same addresses, with what its directory holds.
   * With `loseUnsynced` all is lost that was not flushed. In memory no record is lost, since there is nothing to read again.
   * Faults and cut links stay. With a directory markers that were held are written.
   */
  crashRestart(options?: { readonly loseUnsynced?: boolean }): Promise<void>
  /** A node stands still: it accepts connections and requests and answers none, and keeps its partitions. */
  pauseNode(id: number): void
  /** It goes on, with what was asked of it meanwhile. */
  resumeNode(id: number): void
  /** Cuts one client from one node, until the function returned is called: what was sent meanwhile arrives then. */
  partition(clientId: string, node: number): () => void
  /** Answers a client and then reads nothing from it for so long, each time, until the function returned is called. */
  throttle(clientId: string, duration: Duration): () => void

  /** Gives a partition another leader, in a new epoch. */
  movePartition(partition: TopicPartition, node: number): void
  /** Gives a group or a transactional id another coordinator, which takes `loading` to read its log. */
  moveCoordinator(whose: Coordinated, node: number, loading?: Duration): void
  /** Loses the end of a partition, as the election of a replica that lags does: a new epoch begins at `offset`. */
  truncateTo(partition: TopicPartition, offset: number): void
  /** Begins a new segment in every partition of a topic. */
  rollSegments(topic: string): void
  /** Compacts every partition of a topic, whatever its configuration. @throws Error when there is no such topic */
  compactNow(topic: string): void

  /** Keeps back the markers of a partition until the function returned is called. */
  holdMarkers(partition: TopicPartition): () => void
  /** Keeps back the moment at which positions that a transaction has committed for a group become visible. */
  holdOffsets(groupId: string): () => void
  /** Aborts transactions that have been open for too long, without waiting for the next check. */
  abortTimedOutTransactions(): void
  /** Aborts a transaction as if its time were over. False when none is open under that id. */
  expireTransaction(transactionalId: string): boolean
  /**
   * Gives the producer of a transactional id another epoch, as if it had worked for that long: the last but one is 32765.
   * False when the id is unknown, or in a transaction.
   */
  setProducerEpoch(transactionalId: string, epoch: number): boolean
  /** Removes a member from a group as if its session had ended. False when there is no such member. */
  evict(groupId: string, memberId: string): boolean

  /** Everything there is, for people who look at it. */
  describe(): BrokerDescription
  /** The last requests, oldest first. @throws Error unless started with `requestLog` */
  requests(filter?: RequestFilter): LoggedRequest[]
  /** What clients did to exactly-once so far. @throws Error unless started with `audit` */
  audit(): AuditReport
  /** Ends every connection; in memory all records are gone. */
  close(): Promise<void>
}

/**
 * All that Millrace asks of Kafka. `kafka/native` implements it on `wire/`; the suite in `test/contracts` proves it.
 * Offsets are numbers: every offset below 2^53 is exact.
 */
import type { Duration } from '../clock.ts'
import type { TopicPartition } from '../record.ts'
import type { BatchBuilder, Compression, RecordBatch } from '../wire/batch.ts'

/**
 * What can go wrong, as the caller must treat it. Closed: every adapter translates into it.
 * - `fenced` another owner has taken over: drop everything, confirm ownership before going on
 * - `abortable` the open transaction must be aborted, nothing else is wrong
 * - `unknown-outcome` the request may or may not have been executed (`init` settles it)
 * - `out-of-range` the offset asked for is not in the log
 * - `retriable` the adapter gave up repeating, the caller may try later
 * - `rejected` this data is refused (too large, invalid)
 * - `fatal` rights or configuration are wrong
 */
export type KafkaFault =
  | 'fenced'
  | 'abortable'
  | 'unknown-outcome'
  | 'out-of-range'
  | 'retriable'
  | 'rejected'
  | 'fatal'

/**
 * What a client throws: the fault says what follows from it.
 * @example if (error instanceof KafkaError && error.fault === 'retriable') console.error(error.request, error.reason)
 */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  readonly fault: KafkaFault
  /** Kafka's own name of the error (`PRODUCER_FENCED`), or ours for what has none (`TIMEOUT`, `CONNECTION`). */
  readonly reason: string
  /** The request that met it: `Produce`, `TxnOffsetCommit`, … */
  readonly request: string
  /** The partition concerned, where there is one: always given for `out-of-range`. */
  readonly partition: TopicPartition | null

  constructor(
    fault: KafkaFault,
    reason: string,
    request: string,
    message: string,
    options?: { cause?: unknown; partition?: TopicPartition },
  ) {
    super(message, options)
    this.fault = fault
    this.partition = options?.partition ?? null
    this.reason = reason
    this.request = request
  }
}

export interface TopicInfo {
  readonly name: string
  /** False when the broker does not know the topic; then `partitions` is 0. */
  readonly exists: boolean
  readonly partitions: number
}

export interface TopicSpec {
  readonly name: string
  /** Absent or -1: the broker's default. */
  readonly partitions?: number
  /** Absent or -1: the broker's default. */
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
}

export interface Topics {
  /** Asks for exactly these names; a missing topic is a `TopicInfo` with `exists: false`, not an error. */
  describe(names: readonly string[]): Promise<TopicInfo[]>
  /**
   * What tells a topic from one of the same name that was there before (KIP-516). Those are missing for which Kafka does
   * not say; clients that do not learn them lack the call.
   */
  ids?(names: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** All that this client may see, in no order; clients that can't list them lack the call. */
  list?(): Promise<TopicInfo[]>
  /** Idempotent: a topic that exists already is left alone. Resolves when every topic has leaders. */
  create(specs: readonly TopicSpec[]): Promise<void>
  /** Moves the log start of each partition up to `offset`. */
  deleteRecords(before: readonly PartitionOffset[]): Promise<void>
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: number
}

/** `end` = high watermark, `stable` = last stable offset; `time` = first offset at or after it, or `end` where none is. */
export type OffsetQuery = 'earliest' | 'end' | 'stable' | { readonly time: number }

/** Batches of one partition, in order. Aborted data and control batches are gone; `nextOffset` has passed them. */
export interface FetchedPartition extends TopicPartition {
  readonly batches: readonly RecordBatch[]
  /** Where the next fetch goes on: end of the last batch, never last record + 1. */
  readonly nextOffset: number
  readonly highWatermark: number
  readonly lastStableOffset: number
}

/** Reads assigned partitions ahead of the caller, bounded in bytes. */
export interface Fetcher {
  /** Starts to read a partition at `offset`, or moves there; what was prefetched of it is dropped. */
  seek(partition: TopicPartition, offset: number): void
  remove(partition: TopicPartition): void
  /** `poll` does not return a paused partition. What was fetched is kept, up to half of `maxBytes` for all that are paused. */
  pause(partition: TopicPartition): void
  resume(partition: TopicPartition): void
  /**
   * What has arrived; waits for the first arrival, at most `maxWait`, then resolves with []. A partition also appears
   * with no batches when only its `nextOffset` or its watermarks moved.
   * A record batch may begin before the offset that was asked for: the caller skips records below its position.
   * @throws KafkaError `out-of-range` (it names the partition; its reason is LOG_TRUNCATION when what was read is no
   * longer in the log, KIP-320), `fatal`
   */
  poll(maxWait: Duration): Promise<FetchedPartition[]>
  /** Makes a waiting `poll` resolve now. */
  wake(): void
  close(): Promise<void>
}

export interface Appended {
  readonly offset: number
}

/** Appends outside transactions, idempotent. */
export interface Producer {
  /** Sends the records gathered in `batch`, in order per partition; the builder may be reused once this returns. */
  append(partition: TopicPartition, batch: BatchBuilder): Promise<Appended>
  /**
   * Resolves when fewer than `maxBufferedBytes` wait for their acknowledgement; at once where that is so already.
   * Who appends faster than Kafka takes awaits it between appends, and so holds no more than that in memory.
   */
  room(): Promise<void>
  /** Resolves when all that was appended is acknowledged or refused. */
  close(): Promise<void>
}

export interface ProducerOptions {
  /** Default 32 MiB. */
  readonly maxBufferedBytes?: number
  /** Of each batch that gets smaller by it. Default none. */
  readonly compression?: Compression
}

export interface TransactionsOptions {
  readonly timeout: Duration
  /** Of each batch that gets smaller by it. Default none. */
  readonly compression?: Compression
}

/**
 * The transactions of one transactional id, one after another. Begins by itself at the first `append` or `offsets`.
 * Any error other than `retriable` leaves only `abort` (`abortable`) or `init` (`unknown-outcome`, `fenced`).
 */
export interface Transactions {
  /** Fences every earlier user of the id, and waits until its last transaction is complete. */
  init(): Promise<void>
  /** True between the first `append` or `offsets` and the end of the transaction. */
  readonly open: boolean
  /** Sends within the transaction; resolves when acknowledged. The builder may be reused once this returns. */
  append(partition: TopicPartition, batch: BatchBuilder): Promise<Appended>
  /** Commits group positions with the transaction (KIP-447): refused unless member and generation are current. */
  offsets(member: MemberIdentity, positions: readonly PartitionOffset[]): Promise<void>
  /** Waits for every append, then ends the transaction. @throws KafkaError `unknown-outcome` when the answer is lost */
  commit(): Promise<void>
  abort(): Promise<void>
  /** The transaction protocol in use: 2 where the broker has KIP-890 (`transaction.version` 2), else 1. */
  readonly protocol: 1 | 2
  close(): Promise<void>
}

export interface GroupMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly topics: readonly string[]
  /** What the member said it holds when it joined. */
  readonly owned: readonly TopicPartition[]
  readonly userData: Buffer
}

export interface MemberAssignment {
  readonly partitions: readonly TopicPartition[]
  readonly userData: Uint8Array
}

export interface Assignment {
  readonly generation: number
  readonly partitions: readonly TopicPartition[]
  readonly userData: Buffer
}

/** How a member takes part. All callbacks are called one at a time. */
export interface GroupMemberOptions {
  readonly topics: readonly string[]
  /** Static membership (KIP-345): who returns under this name gets the place it had. */
  readonly instanceId?: string
  readonly sessionTimeout?: Duration
  readonly rebalanceTimeout?: Duration
  readonly protocolName: string
  /**
   * `consumer` asks for the newer protocol (KIP-848), where the broker has it: it assigns, so `assign`, `claim`,
   * `protocolName`, user data and `sessionTimeout` are not used, and who needs an assignor of its own can't use it.
   * `assigned` is called for every change of the member's epoch, which is its generation. Default `classic`.
   */
  readonly protocol?: 'classic' | 'consumer'
  /** Gives up a join that is still waiting: `join` rejects with reason `CLOSED`. Later it does nothing. */
  readonly signal?: AbortSignal
  /** Asked right before each JoinGroup. `owned` are the partitions claimed: never one whose transaction is still open after a revocation. */
  claim(): { readonly owned: readonly TopicPartition[]; readonly userData: Uint8Array }
  /** Called on the leader: who gets what. May ask Kafka for metadata. */
  assign(members: readonly GroupMember[]): Promise<ReadonlyMap<string, MemberAssignment>>
  /**
   * A generation has formed. Resolve when what is no longer assigned has been given up (committed, closed): if that is
   * anything, return 'rejoin' so that the next generation can hand it to another member. Heartbeats go on meanwhile.
   */
  assigned(assignment: Assignment): Promise<'stay' | 'rejoin'>
  /** Membership is gone (session expired, fenced): everything owned is lost at once, nothing may be committed any more. */
  lost(error: KafkaError): void
}

/** Who commits positions, and in which generation. */
export interface MemberIdentity {
  readonly group: string
  readonly memberId: string
  readonly generation: number
  readonly instanceId: string | null
}

/** A live membership. It heartbeats and rejoins by itself: its identity is the present one. */
export interface Membership extends MemberIdentity {
  /** Asks for a rebalance (metadata changed, tasks to hand over). */
  rejoin(): void
  /** Resolves when a heartbeat sent after this call was answered without an error. @throws KafkaError `fenced` */
  confirm(): Promise<void>
  /** Leaves for good: also a static member gives up its place. `keepPlace` closes without a word (it is expected back). */
  leave(options?: { readonly keepPlace?: boolean }): Promise<void>
}

export type TransactionState =
  | 'Empty'
  | 'Ongoing'
  | 'PrepareCommit'
  | 'PrepareAbort'
  | 'CompleteCommit'
  | 'CompleteAbort'
  | 'Dead'
  | 'PrepareEpochFence'

/** What settings belong to. A broker is named by its node id: '1'. */
export interface ConfigResource {
  readonly type: 'topic' | 'broker'
  readonly name: string
}

export type Configs = Readonly<Record<string, string | null>>

/** Settings to change; null gives one back its default. What is not named stays as it is (KIP-339). */
export interface ConfigChange extends ConfigResource {
  readonly set: Configs
}

export interface GroupListing {
  readonly id: string
  /** `consumer` for groups of this and Kafka's own clients. */
  readonly protocolType: string
  /** Kafka's word: `Stable`, `Empty`, … Empty where the broker is too old to say. */
  readonly state: string
}

export interface GroupDescription extends GroupListing {
  /** The assignor its members agreed on. */
  readonly protocol: string
  readonly members: readonly DescribedMember[]
}

export interface DescribedMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly partitions: readonly TopicPartition[]
  /** What the leader told it with its partitions; empty between two generations. */
  readonly userData: Buffer
}

export interface TransactionListing {
  readonly id: string
  readonly producerId: number
  readonly state: TransactionState
}

/** A producer as the leader of a partition knows it (KIP-664). */
export interface PartitionProducer extends TopicPartition {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  /** When it last wrote, in milliseconds since 1970. */
  readonly lastTimestamp: number
  /** Where its open transaction begins in this partition, -1 without one: such a one holds the last stable offset back. */
  readonly transactionStart: number
}

/** Calls of the administrator: an adapter names those it has. */
export type AdminCall =
  | 'describeConfigs'
  | 'alterConfigs'
  | 'createPartitions'
  | 'deleteTopics'
  | 'groups.list'
  | 'groups.describe'
  | 'groups.delete'
  | 'groups.setPositions'
  | 'transactions.list'
  | 'transactions.describe'
  | 'transactions.producers'

export interface Admin {
  /** The calls this adapter has. Any other is refused: `fatal` with reason UNSUPPORTED. */
  readonly calls: ReadonlySet<AdminCall>
  /** The settings of each resource, in the order asked. Secrets are null. */
  describeConfigs(resources: readonly ConfigResource[]): Promise<readonly Configs[]>
  /** @throws KafkaError `rejected` for a setting or value that Kafka refuses */
  alterConfigs(changes: readonly ConfigChange[]): Promise<void>
  /** Lets a topic have `count` partitions in all; resolves when all have leaders. @throws KafkaError `rejected` unless that is more */
  createPartitions(topic: string, count: number): Promise<void>
  /** Resolves when the topics are gone. A topic that is not there is no error. */
  deleteTopics(names: readonly string[]): Promise<void>
  readonly groups: {
    /** Of all nodes, in the order of their ids. */
    list(): Promise<readonly GroupListing[]>
    /** `null` for a group that does not exist. */
    describe(ids: readonly string[]): Promise<ReadonlyMap<string, GroupDescription | null>>
    /** A group that is not there is no error. @throws KafkaError `rejected` with reason NON_EMPTY_GROUP while it has members */
    delete(ids: readonly string[]): Promise<void>
    /** Moves the positions of a group without members. @throws KafkaError `rejected` with reason NON_EMPTY_GROUP */
    setPositions(id: string, positions: readonly PartitionOffset[]): Promise<void>
  }
  readonly transactions: {
    /** Of all nodes, in the order of their ids. */
    list(): Promise<readonly TransactionListing[]>
    /** `null` for an id the coordinator does not know. */
    describe(ids: readonly string[]): Promise<ReadonlyMap<string, TransactionState | null>>
    producers(partitions: readonly TopicPartition[]): Promise<readonly PartitionProducer[]>
  }
}

/** Upper bounds, in milliseconds, of the buckets that latencies are counted in; beyond the last there is one more. */
export const latencyBounds: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]

/** What became of the requests of one type since the client was made; times in milliseconds. */
export interface RequestMetrics {
  /** Written to a connection. */
  readonly requests: number
  readonly answers: number
  /** Answers whose own error code is not 0; codes of single topics and partitions do not count here. */
  readonly refused: number
  /** Whose answer will never come: the connection was lost, the time was over, or the reply could not be read. */
  readonly lost: number
  readonly inFlight: number
  readonly bytesOut: number
  readonly bytesIn: number
  /** From written to answered. `counts` has a number for each of `latencyBounds`, and one for what took longer. */
  readonly latency: { readonly sum: number; readonly maximum: number; readonly counts: readonly number[] }
  /** Silence that brokers asked for because of a quota. */
  readonly throttled: number
}

/** What an adapter can do; a topology that needs what it lacks is refused at the start, with the reason. */
export interface KafkaFeatures {
  readonly exactlyOnce: boolean
  readonly requireStable: boolean
  readonly generationFence: boolean
  readonly customAssignor: boolean
  readonly compactedRestore: boolean
  /** A member that returns under its instance name gets its place back (KIP-345). */
  readonly staticMembers: boolean
  /** A header may be without a value. */
  readonly nullHeaders: boolean
}

export interface Kafka {
  readonly features: KafkaFeatures
  /** Why a feature is missing, one entry for each that is false: what a user reads whose topology needs it. */
  readonly lacks: ReadonlyMap<keyof KafkaFeatures, string>
  /** @throws KafkaError `fatal` with reason `UNREACHABLE` when no broker answers within the connection timeout and its retries */
  connect(): Promise<void>
  close(): Promise<void>
  /** By request type: `metrics().get('Produce')`. A copy; empty where an adapter does not count. */
  metrics(): ReadonlyMap<string, RequestMetrics>
  readonly topics: Topics
  readonly admin: Admin
  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<PartitionOffset[]>
  /**
   * When the first record of each partition was written, or the one of the latest time: milliseconds, null where there is
   * none. Nothing is read for it. Clients that do not learn times lack the call.
   */
  times?(partitions: readonly TopicPartition[], of: 'first' | 'latest'): Promise<(number | null)[]>
  /** Committed positions, read with requireStable: waits while a transaction that may move one is pending. -1 = none. */
  positions(group: string, partitions: readonly TopicPartition[]): Promise<PartitionOffset[]>
  /**
   * Commits positions outside of transactions, as a member in its generation; repeated until it is answered.
   * @throws KafkaError `fenced` when the group has gone on without the member
   */
  commit(member: MemberIdentity, positions: readonly PartitionOffset[]): Promise<void>
  /** Joins and resolves when the first assignment has been handled. */
  join(group: string, options: GroupMemberOptions): Promise<Membership>
  fetcher(options: { readonly isolation: 'read_committed' | 'read_uncommitted'; readonly maxBytes?: number }): Fetcher
  producer(options?: ProducerOptions): Producer
  transactions(id: string, options: TransactionsOptions): Transactions
}

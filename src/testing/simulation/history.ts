/**
 * What happened in a simulated run, as plain data: the judges (`oracles/`) see this and nothing else.
 * Whoever runs the world fills it; `LogRecorder` (`oracles/log-recorder.ts`) reads the broker's part of it.
 */
import type { AuditReport, LoggedRequest } from '../../broker/index.ts'
import type { WorkerEventName, WorkerEvents } from '../../observe/events.ts'
import type { RecordHeader, TopicPartition } from '../../record.ts'
import type { Topology } from '../../topology/topology.ts'

/**
 * What became of a record in the log: `plain` ones belong to no transaction and are seen at once, `open` ones were
 * undecided when the run ended.
 */
export type Fate = 'committed' | 'aborted' | 'open' | 'plain'

/** A record as it lies in the broker's log. Markers of transactions are no records; the time marks of a topology are. */
export interface LoggedRecord {
  readonly offset: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
  /** -1 where the producer was not idempotent. Together with the epoch it names a transaction, under protocol 2. */
  readonly producerId: number
  readonly producerEpoch: number
  readonly fate: Fate
  /** Offset of the marker that decided it: the order in which transactions became visible; -1 without one. */
  readonly decidedAt: number
}

/** The whole log of a partition, also what was purged or compacted away meanwhile. From the broker, by `LogRecorder`. */
export interface LoggedPartition extends TopicPartition {
  readonly endOffset: number
  /** Everything below is decided. */
  readonly stableOffset: number
  readonly records: readonly LoggedRecord[]
  /** Offsets that were gone, or replaced, before they were recorded: judges that need them say nothing. */
  readonly isWhole: boolean
}

/** One record that the simulated producer meant to write, and what it was told. From the producer of the run. */
export interface WrittenRecord extends TopicPartition {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
  readonly timestamp: number
  /** `unknown`: the end of its transaction was never answered, so it may be there or not. */
  readonly outcome: 'committed' | 'aborted' | 'unknown'
  /** A record planted to fail: the name of the dead-letter queue in which it must end; absent: it is a good one. */
  readonly poisonFor?: string
}

/** A record that a reader of committed data was handed. From read_committed clients that look on, in the order of their polls. */
export interface ReadRecord extends TopicPartition {
  /** Name of the reader. */
  readonly reader: string
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** An event of `observe/events.ts`. From `subscribe`, with the virtual time and, where the world knows it, the worker. */
export interface SeenEvent<Name extends WorkerEventName = WorkerEventName> {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly worker: string | null
  readonly name: Name
  readonly detail: WorkerEvents[Name]
}

/** A row of a live store. */
export interface StoredRowBytes {
  readonly key: Buffer
  readonly value: Buffer
  /** Event time of its last change. */
  readonly time: number
}

/**
 * The committed rows of one store of one task, as a living worker had them at the end: the owner of the task, or whoever
 * keeps a copy. From `LiveRows` (`oracles/live-rows.ts`), a `StateBackend` for each worker. They must be the fold of the
 * changelog up to `position`, whoever has them.
 */
export interface LiveStore {
  readonly task: string
  /** Full name of its changelog. */
  readonly changelog: string
  readonly partition: number
  /** Offset in the changelog up to which the rows hold everything; -1: nothing yet. */
  readonly position: number
  readonly rows: readonly StoredRowBytes[]
}

/** What user code did outside of Kafka. From `effects.read()`: after a run without faults, and after this one. */
export interface Effects {
  readonly expected: unknown
  readonly found: unknown
}

export interface History {
  /** As it was run. Its handlers are called again by the judges: read `effects` before judging. */
  readonly topology: Topology
  /** Every partition of every topic, the broker's own (`__consumer_offsets`) among them. From `LogRecorder`. */
  readonly partitions: readonly LoggedPartition[]
  /** From the simulated producer. */
  readonly written: readonly WrittenRecord[]
  /** From readers that look on; empty without them. */
  readonly reads: readonly ReadRecord[]
  /** From `broker.requests()`: the last ones. */
  readonly requests: readonly LoggedRequest[]
  readonly events: readonly SeenEvent[]
  readonly stores: readonly LiveStore[]
  /** From `broker.audit()`. */
  readonly audit: AuditReport
  /** Null where the user named none. */
  readonly effects: Effects | null
  /** True when the world was healed and every input was read to its end: then nothing may be missing any more. */
  readonly isDrained: boolean
}

/** Something that must not be. */
export interface Finding {
  /** Name of the oracle. */
  readonly oracle: string
  /** One sentence, with the place. */
  readonly what: string
}

/** A judge: pure, so that a history can be judged anywhere and again. */
export type Oracle = (history: History) => readonly Finding[]

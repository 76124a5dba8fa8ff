/** What can be done with a topology that is driven by hand. */
import type { Duration } from '../clock.ts'
import type { Window } from '../record.ts'
import type { ThreadCounters } from '../runtime/counters.ts'
import type { DeadLetterOptions, RunOptions } from '../runtime/settings.ts'
import type { Recording } from '../runtime/time/recording.ts'
import type { Serde } from '../serde/serde.ts'
import type { Pane } from '../topology/nodes.ts'
import type { KeyedStream, Table, VersionedTable } from '../topology/stream.ts'
import type { RawRecord } from './reader.ts'
import type { AnyStored, StoredTable, StoredVersions, StoredWindows } from './stored/rows.ts'

/** A topic whose keys and values can be written and read. */
export interface TypedTopic<K, V> {
  readonly name: string
  readonly key: Serde<K>
  readonly value: Serde<V>
}

export interface PutOptions<K> {
  readonly key?: K | null
  /** Kafka's timestamp of the record, milliseconds since 1970; by default the present time of the driven clock. */
  readonly time?: number
  readonly partition?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A record of an output topic. */
export interface TakenRecord<K, V> {
  readonly key: K
  readonly value: V
  readonly time: number
  readonly headers: Readonly<Record<string, string>>
}

export interface DriveOptions {
  /** Partitions of the topics that are read and written; with one, repartition topics have one as well. */
  readonly partitions?: number
  /** Where the clock starts; by default at the first record's time. */
  readonly now?: number
  /** Whether the `maxLead` of the sources counts; by default any timestamp is taken. */
  readonly maxLead?: 'off' | 'as declared'
  /**
   * What `decisions()` of another flow gave: as far as it reaches, tasks decide the same and nothing by themselves, so
   * that the same records, however they are put, give the same results. Only for tasks that read the user's topics alone.
   */
  readonly decisions?: readonly Recording[]
  /**
   * Where state is kept, `memory()` by default. Rows of `lmdb(directory)` outlive `restart` and `crash`, which then read
   * back only what they lack; call `close` at the end. A directory is for one flow: its log is gone with it.
   */
  readonly state?: NonNullable<RunOptions['state']>
  /**
   * Dies in the middle of a record: after all it wrote, before that is committed. Then it is restored, takes the record
   * again and goes on; what comes out must not change. Records are counted from 1 as they are first taken, those of
   * repartition topics too. The wall clock counts anew from a crash: a source is idle only so much later.
   * @example drive(wordCount, { crashAt: () => true }) // at every record
   */
  readonly crashAt?: (record: number) => boolean
  /** As `run` takes it; here any number of dead letters is taken unless a limit is given. */
  readonly deadLetters?: DeadLetterOptions
}

/** A record that failed and is tried again where it is. */
export interface HeldRecord {
  readonly task: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Failed ones so far. */
  readonly attempts: number
  /** By the driven clock. */
  readonly until: number
}

/** A task that waits for an operator. Offset -1: no single record is to blame. */
export interface PausedTask {
  readonly task: string
  readonly reason: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A driven topology. Each call has done all its work, and committed it, when it returns. */
export interface Flow {
  /**
   * Writes a record to a topic that the topology reads. Null is written as null, whatever the topic.
   * @example flow.put(orders, { total: 12 }, { key: 'ann', time: Date.UTC(2026, 0, 1) })
   * @throws MillraceError MR2002 when the topology doesn't read the topic; whatever stops a worker
   */
  put<K, V>(topic: TypedTopic<K, V>, value: NoInfer<V> | null, options?: PutOptions<NoInfer<K>>): void
  /** Writes bytes as they are: what no serde would write. Also into `<app>.redrive.<source>`. */
  putBytes(topic: { readonly name: string }, value: Buffer | null, options?: PutOptions<Buffer>): void
  /**
   * Moves the wall clock, and stops on its way wherever a record that waits is due. Event time follows only where sources
   * are idle for long enough.
   * Or moves event time itself, without a record, to a time in milliseconds since 1970: as if each source had said that
   * nothing older comes any more. What comes later and is older is late. Event time never goes back.
   * @example flow.advance({ minutes: 1, seconds: 10 })
   * @example flow.advance({ eventTime: noon + 60_000 })
   */
  advance(by: Duration | { readonly eventTime: number }): void
  /** What came out of a topic since it was last taken from. */
  take<K, V>(topic: TypedTopic<K, V>): TakenRecord<K, V>[]
  /** What came into `<app>.dlq.<name>` since it was last asked for. */
  deadLetters(name: string): RawRecord[]
  /**
   * The committed rows of a store, by the stream or table whose fold keeps it. Take it where the fold is made: what comes
   * after `map` keeps no rows. By its name a store gives what it has, untyped.
   * @example
   * const totals = from(orders).count('totals')
   * flow.store(totals).get('ann')?.value // 2
   * flow.store(perMinute).fetch('to', { from: noon })
   * @throws MillraceError MR4202 where no rows are kept, MR4203 while records wait for answers: `await flow.settle()`
   */
  store<K, V>(table: VersionedTable<K, V>): StoredVersions<K, V>
  store<K, V>(table: Table<K, V, null> | Table<K, NoInfer<V>>): StoredTable<K, V>
  store<K, S>(windows: KeyedStream<K, Pane<S>, Window>): StoredWindows<K, S>
  store<K, S>(windows: KeyedStream<K, S, Window>): StoredWindows<K, Exclude<S, null>>
  store(name: string): AnyStored
  /** The end of a bounded run: every window closes. What comes afterwards belongs to a later run. */
  end(): void
  /** Forgets everything in memory and restores it from changelogs, like a worker that was stopped and started again. */
  restart(): void
  /**
   * Like a worker that was killed: what is not committed never happened, memory is gone, and state comes back from the
   * changelogs. Records that waited for answers are taken again with the next call.
   * @example flow.put(orders, order); flow.crash(); await flow.settle() // `mapAsync` asks again
   */
  crash(): void
  /** Lets go of state that is kept on disk. Nothing can be done with the flow after that. */
  close(): void
  /**
   * What tasks decided because of the wall clock or because something had not come yet (`semantics.md` 2.7), committed.
   * @example drive(topology, { decisions: flow.decisions() }) // the same records give the same results
   */
  decisions(): Recording[]
  /**
   * Waits until no record waits for an answer: what `mapAsync` calls has been told to all that comes behind it. What
   * failed and waits to be tried again waits for the clock: `advance`.
   * @example flow.put(orders, order); await flow.settle(); flow.take(scored)
   */
  settle(): Promise<void>
  /**
   * Records that failed and are tried again when the clock has come so far.
   * @example flow.advance({ seconds: 1 }); flow.held() // []
   */
  held(): HeldRecord[]
  /** Tasks that a policy `pause()` or too many dead letters have stopped. */
  paused(): PausedTask[]
  /**
   * What `millrace tasks resume` does: the record at fault is tried again. A restart resumes too.
   * @param task by its id; without it all
   * @returns how many were paused
   */
  resume(task?: string): number
  /**
   * Counts since the last restart: records and what became of them, refused ones by what was wrong with them. A crash
   * takes back what was not committed.
   * @example flow.counters.nullKeys
   */
  readonly counters: Readonly<ThreadCounters>
}

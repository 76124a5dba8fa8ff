/** A topology by hand: compiled and run as it would be, without Kafka, on a clock that stands still. */
import type { Duration } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { RecordHeader } from '../record.ts'
import type { ThreadCounters } from '../runtime/counters.ts'
import type { Recording } from '../runtime/recording.ts'
import type { Serde } from '../serde/serde.ts'
import { compile } from '../topology/compile.ts'
import { type Graph, topicNames } from '../topology/graph.ts'
import type { Topology } from '../topology/topology.ts'
import { BatchBuilder } from '../wire/batch.ts'
import { DrivenClock } from './driven-clock.ts'
import { Engine } from './engine.ts'
import { MemoryLog } from './memory-log.ts'
import { type RawRecord, TopicReader } from './reader.ts'
import { testable } from './testable.ts'

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
}

/** A driven topology. Each call has done all its work, and committed it, when it returns. */
export interface Flow {
  /**
   * Writes a record to a topic that the topology reads. Null is written as null, whatever the topic.
   * @example flow.put(orders, { total: 12 }, { key: 'ann', time: Date.UTC(2026, 0, 1) })
   * @throws MillraceError MR2002 when the topology doesn't read the topic; whatever stops a worker
   */
  put<K, V>(topic: TypedTopic<K, V>, value: NoInfer<V> | null, options?: PutOptions<NoInfer<K>>): void
  /** Writes bytes as they are: what no serde would write. */
  putBytes(topic: { readonly name: string }, value: Buffer | null, options?: PutOptions<Buffer>): void
  /** Moves the wall clock. Event time follows only where sources are idle for long enough. */
  advance(duration: Duration): void
  /** What came out of a topic since it was last taken from. */
  take<K, V>(topic: TypedTopic<K, V>): TakenRecord<K, V>[]
  /** What came into `<app>.dlq.<name>` since it was last asked for. */
  deadLetters(name: string): RawRecord[]
  /** The end of a bounded run: every window closes. What comes afterwards belongs to a later run. */
  end(): void
  /** Forgets everything in memory and restores it from changelogs, like a worker that was killed. */
  restart(): void
  /**
   * What tasks decided because of the wall clock or because something had not come yet (`semantics.md` 2.7), committed.
   * @example drive(topology, { decisions: flow.decisions() }) // the same records give the same results
   */
  decisions(): Recording[]
  /**
   * Waits until no record waits for an answer: what `mapAsync` calls has been told to all that comes behind it.
   * @example flow.put(orders, order); await flow.settle(); flow.take(scored)
   */
  settle(): Promise<void>
  /** Counts since the last restart. */
  readonly counters: Readonly<ThreadCounters>
}

/**
 * Drives a topology by hand.
 * @example
 * const flow = drive(wordCount)
 * flow.put(lines, 'to be or not to be', { time: at })
 * flow.advance({ minutes: 1, seconds: 10 })
 * flow.take(counts) // [{ key: 'to', value: { word: 'to', since: …, count: 2 }, … }, …]
 */
export function drive(topology: Topology, options: DriveOptions = {}): Flow {
  return new DrivenFlow(compile(topology), options)
}

class DrivenFlow implements Flow {
  private readonly graph: Graph
  private readonly partitions: number
  private readonly clock: DrivenClock
  private readonly recorded: readonly Recording[]
  private readonly log = new MemoryLog()
  private readonly reader = new TopicReader(this.log)
  private engine: Engine

  constructor(graph: Graph, { partitions = 1, now, maxLead = 'off', decisions = [] }: DriveOptions) {
    this.graph = testable(graph, { partitions, checksLead: maxLead === 'as declared' })
    this.partitions = partitions
    this.clock = new DrivenClock(now ?? null)
    this.recorded = decisions
    this.engine = this.open()
  }

  get counters(): Readonly<ThreadCounters> {
    return { ...this.engine.counters }
  }

  put<K, V>(topic: TypedTopic<K, V>, value: V | null, options: PutOptions<K> = {}): void {
    const { key = null, ...rest } = options
    const encodedKey = key === null ? null : bytesOf(topic.key.encode(key))
    this.putBytes(topic, value === null ? null : bytesOf(topic.value.encode(value)), { ...rest, key: encodedKey })
  }

  putBytes({ name }: { readonly name: string }, value: Buffer | null, options: PutOptions<Buffer> = {}): void {
    if (!this.graph.inputs.some((topic) => topic.name === name)) throw notRead(name, this.graph.app)
    const { key = null, time = this.clock.now(), headers = {} } = options
    if (this.clock.start(time)) this.engine.started()
    const partition = { topic: name, partition: options.partition ?? this.engine.partitionOf(name, key) }
    const builder = new BatchBuilder(256)
    builder.append(time, key, value, headersOf(headers))
    const offset = this.log.append(partition, builder.build({}))
    if (this.graph.globalTables.some((table) => table.name === name)) this.engine.applyToTable(partition, offset)
    this.engine.settle()
  }

  advance(duration: Duration): void {
    this.clock.advance(duration)
    this.engine.followClock()
  }

  take<K, V>({ name, key, value }: TypedTopic<K, V>): TakenRecord<K, V>[] {
    return this.reader.take(name, this.partitions).map((record) => ({
      key: decode(key, record.key),
      value: decode(value, record.value),
      time: record.time,
      headers: record.headers,
    }))
  }

  deadLetters(name: string): RawRecord[] {
    const topic = topicNames.deadLetter(this.graph.app, name)
    return this.reader.take(topic, this.engine.plan.partitions.get(topic) ?? 0)
  }

  end(): void {
    this.engine.end()
  }

  decisions(): Recording[] {
    return this.engine.recordings()
  }

  restart(): void {
    this.engine.close()
    this.engine = this.open()
  }

  settle(): Promise<void> {
    return this.engine.settleAll()
  }

  private open(): Engine {
    const { graph, log, clock, partitions } = this
    return new Engine({ graph, log, clock, partitions, decisions: this.recorded })
  }
}

function notRead(topic: string, app: string): MillraceError {
  return new MillraceError('fatal', { code: 'MR2002', what: `The topology ${app} does not read a topic ${topic}` })
}

function bytesOf(encoded: Uint8Array | string | null): Buffer | null {
  return encoded === null ? null : Buffer.from(encoded as Uint8Array)
}

/** A null that the serde doesn't know is a tombstone: it is shown as null. */
function decode<T>(serde: Serde<T>, bytes: Buffer | null): T {
  return bytes === null ? (null as T) : serde.decode(bytes, 0, bytes.length)
}

function headersOf(headers: Readonly<Record<string, string>>): RecordHeader[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value: Buffer.from(value) }))
}

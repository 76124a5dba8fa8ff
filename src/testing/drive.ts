/** A topology by hand: compiled and run as it would be, without Kafka, on a clock that stands still. */
import { type Duration, toMilliseconds } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { RecordHeader } from '../record.ts'
import { newCounters, type ThreadCounters } from '../runtime/counters.ts'
import type { DeadLetterOptions, RunOptions } from '../runtime/settings.ts'
import type { Recording } from '../runtime/time/recording.ts'
import type { Serde } from '../serde/serde.ts'
import { compile } from '../topology/compile.ts'
import { type Graph, topicNames } from '../topology/graph.ts'
import type { AnyNode } from '../topology/nodes.ts'
import type { Topology } from '../topology/topology.ts'
import { BatchBuilder } from '../wire/batch.ts'
import { Crash, CrashPlan } from './crash-plan.ts'
import { DrivenClock } from './driven-clock.ts'
import { Engine } from './engine.ts'
import type { DriveOptions, Flow, HeldRecord, PausedTask, PutOptions, TakenRecord, TypedTopic } from './flow.ts'
import { heldIn } from './held.ts'
import { MemoryLog } from './memory-log.ts'
import { type RawRecord, TopicReader } from './reader.ts'
import { type Stored, storedRows } from './stored/views.ts'
import { testable } from './testable.ts'

export type { DriveOptions, Flow, PutOptions, TakenRecord, TypedTopic } from './flow.ts'

/**
 * Drives a topology by hand.
 * @example
 * const flow = drive(wordCount)
 * flow.put(lines, 'to be or not to be', { time: at })
 * flow.advance({ minutes: 1, seconds: 10 })
 * flow.take(counts) // [{ key: 'to', value: { word: 'to', since: …, count: 2 }, … }, …]
 */
export function drive(topology: Topology, options: DriveOptions = {}): Flow {
  // What `store` is asked for decides what it gives, which only the types of `Flow` can say.
  return new DrivenFlow(compile(topology), options) as unknown as Flow
}

class DrivenFlow implements Omit<Flow, 'store'> {
  private readonly graph: Graph
  private readonly partitions: number
  private readonly clock: DrivenClock
  private readonly recorded: readonly Recording[]
  private readonly log = new MemoryLog()
  private readonly reader = new TopicReader(this.log)
  private readonly state: RunOptions['state']
  private readonly crashes: CrashPlan | null
  private readonly deadLetterOptions: DeadLetterOptions
  private engine: Engine

  constructor(graph: Graph, options: DriveOptions) {
    const { partitions = 1, now, maxLead = 'off', decisions = [], state, crashAt, deadLetters } = options
    this.deadLetterOptions = { rateLimit: 'off', ...deadLetters }
    this.graph = testable(graph, { partitions, checksLead: maxLead === 'as declared' })
    this.partitions = partitions
    this.clock = new DrivenClock(now ?? null)
    this.recorded = decisions
    this.state = state
    this.crashes = crashAt === undefined ? null : new CrashPlan(crashAt)
    this.engine = this.open(newCounters())
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
    if (!this.isRead(name)) throw notRead(name, this.graph.app)
    const { key = null, time = this.clock.now(), headers = {} } = options
    if (this.clock.start(time)) this.engine.started()
    const partition = { topic: name, partition: options.partition ?? this.engine.partitionOf(name, key) }
    const builder = new BatchBuilder(256)
    builder.append(time, key, value, headersOf(headers))
    const offset = this.log.append(partition, builder.build({}))
    if (this.graph.globalTables.some((table) => table.name === name)) this.engine.applyToTable(partition, offset)
    this.survive(() => this.engine.settle())
  }

  advance(by: Duration | { readonly eventTime: number }): void {
    if ('eventTime' in by) {
      this.survive(() => this.engine.advanceEventTime(by.eventTime))
      return
    }
    const end = this.clock.now() + toMilliseconds(by)
    // After a crash on its way, only as far as it was to go.
    this.survive(() => this.engine.advance({ milliseconds: Math.max(0, end - this.clock.now()) }))
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

  store(asked: string | { readonly node: AnyNode }): Stored {
    if (this.engine.isWaiting) throw notSettled()
    const name = typeof asked === 'string' ? asked : (asked.node.stores?.[0]?.name ?? `of a step ${asked.node.kind}`)
    return storedRows(this.engine.tasks, name, this.graph.app)
  }

  end(): void {
    this.survive(() => this.engine.end())
  }

  decisions(): Recording[] {
    return this.engine.recordings()
  }

  restart(): void {
    this.engine.close()
    this.engine = this.open(newCounters())
  }

  crash(): void {
    this.engine.close()
    this.engine = this.open(this.engine.committedCounts)
  }

  held(): HeldRecord[] {
    return heldIn(this.engine.tasks)
  }

  paused(): PausedTask[] {
    return this.engine.tasks.flatMap(({ id, paused }) => (paused === null ? [] : [{ task: id, ...paused }]))
  }

  resume(task?: string): number {
    let resumed = 0
    this.survive(() => {
      resumed = this.engine.resumePaused(task)
    })
    return resumed
  }

  close(): void {
    this.engine.close()
  }

  async settle(): Promise<void> {
    const { engine } = this
    try {
      await engine.settleAll()
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      this.crash()
    }
    // Whoever asked waits for what is there now, not for what was.
    if (engine !== this.engine) await this.settle()
  }

  /** By the topology as it was written, or by us for it: `<app>.redrive.<source>`. */
  private isRead(name: string): boolean {
    const { inputs, subTopologies } = this.graph
    const reentries = subTopologies.flatMap((each) => each.reentries)
    return inputs.some((topic) => topic.name === name) || reentries.some(({ topic }) => topic === name)
  }

  private open(counted: ThreadCounters): Engine {
    const { graph, log, clock, partitions, recorded: decisions, state, crashes } = this
    const deadLetters = this.deadLetterOptions
    return new Engine({ graph, log, clock, partitions, decisions, state, crashes, counted, deadLetters })
  }

  /** Work that goes on with what a crash has left. */
  private survive(work: () => void): void {
    for (;;) {
      try {
        work()
        return
      } catch (error) {
        if (!(error instanceof Crash)) throw error
        this.crash()
      }
    }
  }
}

function notSettled(): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4203',
    what: 'Committed rows can not be read while records wait for answers',
    why: 'nothing is committed before all answers of mapAsync have come',
    fix: 'await flow.settle() first; advance the clock for what flow.held() shows',
  })
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

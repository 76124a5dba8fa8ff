/**
 * A whole topology on the workbench, one partition: transactions of several records, rejects, aborts and crashes that
 * drop all memory and restore it from the changelogs. Outputs count when their transaction is committed.
 */
import type { MutableContext, OperatorTime, TaskGraph } from '../../../src/operators/operator.ts'
import { buildTaskGraph } from '../../../src/operators/task-graph.ts'
import type { RecordHeader } from '../../../src/record.ts'
import type { Serde } from '../../../src/serde/serde.ts'
import { MemoryRows } from '../../../src/state/memory/rows.ts'
import { type AnyStore, openStore } from '../../../src/state/open.ts'
import { UndoLog } from '../../../src/state/undo.ts'
import { compile } from '../../../src/topology/compile.ts'
import type { Graph, SubTopology } from '../../../src/topology/graph.ts'
import type { RepartitionNode } from '../../../src/topology/nodes.ts'
import type { Topology } from '../../../src/topology/topology.ts'

interface Sent {
  readonly topic: string
  readonly key: unknown
  readonly value: unknown
  readonly time: number
}

interface ChangelogRow {
  readonly key: Buffer
  readonly value: Buffer | null
  readonly time: number
  readonly headers: readonly RecordHeader[] | undefined
}

/** What of a task is in Kafka. */
interface Saved {
  readonly changelogs: Map<string, Map<string, ChangelogRow>>
  times: Record<string, OperatorTime>
  mark: number
}

class BenchTask {
  readonly stores: Map<string, AnyStore>
  readonly counters = { filtered: 0, late: 0, out: 0 }
  readonly graph: TaskGraph
  private readonly undo = new UndoLog()
  private readonly context = newContext()
  private readonly saved: Saved
  private sent: Sent[] = []
  private mark: number

  constructor(app: string, description: SubTopology, saved: Saved) {
    this.saved = saved
    this.mark = saved.mark
    this.stores = new Map(
      description.stores.map(({ name, store }) => [name, openStore(name, store, new MemoryRows(), this.undo)]),
    )
    const emit = (topic: string, key: unknown, value: unknown, time: number): void => {
      this.sent.push({ topic, key, value, time })
      this.undo.note({ undo: () => this.sent.pop() }, null, null, null)
    }
    this.graph = buildTaskGraph(description, {
      app,
      context: this.context,
      undo: this.undo,
      counters: this.counters,
      store: (name: string) => this.stores.get(name)!,
      globalTable: () => ({ get: () => undefined }),
      emitSink: ({ topic }, key, value, time) => emit(topic.name, key, value, time),
      emitRepartition: (node, topic, key, value, time) =>
        emit(topic, through(node.keySerde, key), through(node.valueSerde, value), time),
      rowFailed: (error) => {
        throw error
      },
      lateLetter: () => undefined,
    } as Parameters<typeof buildTaskGraph>[1])
    for (const [name, store] of this.stores) {
      for (const { key, value, time, headers } of this.changelog(name).values())
        store.restore(key, value, time, headers)
      store.restored(0)
    }
    this.graph.restoreTimes(saved.times)
  }

  /** @returns the error of a record that was rejected: nothing of it is left */
  take(source: number, place: Pick<MutableContext, 'topic' | 'offset' | 'raisesTime'>, record: Sent): unknown {
    const { key, value, time } = record
    Object.assign(this.context, place, { key, time, window: null })
    let failure: unknown = null
    try {
      this.graph.receive(source, key, value, time)
    } catch (error) {
      this.undo.undoTo(0)
      failure = error
    }
    this.undo.forget()
    if (place.raisesTime) this.advance(time)
    return failure
  }

  advance(mark: number): void {
    if (mark <= this.mark) return
    this.mark = mark
    Object.assign(this.context, { topic: null, offset: -1 })
    this.graph.advance(mark)
    this.undo.forget()
  }

  commit(): readonly Sent[] {
    this.graph.beforeCommit()
    this.undo.forget()
    for (const [name, store] of this.stores) {
      store.flush((key, value, time, headers) => {
        const row = {
          key: Buffer.from(key),
          value: value === null ? null : Buffer.from(value as Uint8Array),
          time,
          headers,
        }
        this.changelog(name).set(row.key.toString('latin1'), row)
      })
      store.commit(0)
    }
    this.saved.times = this.graph.saveTimes()
    this.saved.mark = this.mark
    const { sent } = this
    this.sent = []
    return sent
  }

  abort(): void {
    for (const store of this.stores.values()) store.abort()
    this.sent = []
    this.mark = this.saved.mark
    this.graph.restoreTimes(this.saved.times)
  }

  private changelog(store: string): Map<string, ChangelogRow> {
    const rows = this.saved.changelogs.get(store) ?? new Map<string, ChangelogRow>()
    this.saved.changelogs.set(store, rows)
    return rows
  }
}

/** Feeds a topology record by record; call `commit` between, `abort` or `crash` instead of it. */
export class World {
  readonly out: Sent[] = []
  readonly failures: unknown[] = []
  private readonly graph: Graph
  private readonly saved: readonly Saved[]
  private tasks: readonly BenchTask[]
  /** Read since the last commit: an abort reads them again. */
  private uncommitted: (() => void)[] = []
  private offset = 0

  constructor(topology: Topology) {
    this.graph = compile(topology)
    this.saved = this.graph.subTopologies.map(() => ({ changelogs: new Map(), times: {}, mark: -1 }))
    this.tasks = this.open()
  }

  put(topic: string, key: unknown, value: unknown, time: number): void {
    const offset = this.offset++
    const read = (): void => this.deliver({ topic, key, value, time }, offset, true)
    this.uncommitted.push(read)
    read()
  }

  /** Time marks go on where no record comes. */
  advance(mark: number): void {
    const read = (): void => {
      for (const [at, { sources }] of this.graph.subTopologies.entries())
        if (sources.every(({ writers }) => writers === null)) this.tasks[at]!.advance(mark)
    }
    this.uncommitted.push(read)
    read()
  }

  /** Commits every task, upstream first, and what each wrote is read by the next. */
  commit(): void {
    const repartitions = new Set(
      this.graph.internal.filter(({ kind }) => kind === 'repartition').map(({ name }) => name),
    )
    this.uncommitted = []
    for (const task of this.tasks) {
      for (const record of task.commit()) {
        if (repartitions.has(record.topic)) this.deliver(record, this.offset++, false)
        else this.out.push(record)
      }
      for (const [topic, mark] of task.graph.sinkMarks) this.reader(topic)?.task.advance(mark)
    }
  }

  abort(): void {
    for (const task of this.tasks) task.abort()
    this.readAgain()
  }

  crash(): void {
    this.tasks = this.open()
    this.readAgain()
  }

  /** What came out since the last call, as `key=value@time`. */
  said(): string[] {
    return this.out.splice(0).map(({ key, value, time }) => `${key}=${text(value)}@${time}`)
  }

  store(name: string): AnyStore {
    return this.tasks.map((task) => task.stores.get(name)).find((store) => store !== undefined)!
  }

  /** Every store's rows as their changelogs hold them. */
  contents(): string[] {
    return this.saved.flatMap(({ changelogs }) =>
      [...changelogs].flatMap(([name, rows]) =>
        [...rows.values()]
          .filter(({ value }) => value !== null)
          .map(({ key, value, time }) => `${name}: ${key.toString('latin1')}=${value!.toString('latin1')}@${time}`)
          .sort(),
      ),
    )
  }

  counted(name: 'late' | 'filtered'): number {
    return this.tasks.reduce((sum, { counters }) => sum + counters[name], 0)
  }

  private open(): BenchTask[] {
    return this.graph.subTopologies.map((each, at) => new BenchTask(this.graph.app, each, this.saved[at]!))
  }

  private readAgain(): void {
    this.failures.length = 0
    for (const read of this.uncommitted) read()
  }

  private deliver(record: Sent, offset: number, raisesTime: boolean): void {
    const { task, source } = this.reader(record.topic)!
    const failure = task.take(source, { topic: record.topic, offset, raisesTime }, record)
    if (failure !== null) this.failures.push(failure)
  }

  private reader(topic: string): { readonly task: BenchTask; readonly source: number } | undefined {
    for (const [at, { sources }] of this.graph.subTopologies.entries()) {
      const source = sources.findIndex((each) => each.topic === topic)
      if (source >= 0) return { task: this.tasks[at]!, source }
    }
    return undefined
  }
}

/** As it is when it comes out of Kafka. */
function through(serde: RepartitionNode['keySerde'] | Serde<unknown>, value: unknown): unknown {
  const bytes = Buffer.from(serde.encode(value) as Uint8Array)
  return serde.decode(bytes, 0, bytes.length)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '∅' : JSON.stringify(value)
}

function newContext(): MutableContext {
  const record = { key: null, time: -1, window: null, headers: [], topic: 'in', partition: 0, offset: -1 }
  return { ...record, outOfOrderness: 0, raisesTime: true, node: -1 }
}

/** A task graph on the workbench: one sub-topology, stores in memory, outputs in lists. */
import type { MutableContext, OperatorCounters, TaskGraph } from '../../src/operators/operator.ts'
import { buildTaskGraph } from '../../src/operators/task-graph.ts'
import { MemoryRows } from '../../src/state/memory/rows.ts'
import { type AnyStore, openStore } from '../../src/state/open.ts'
import { UndoLog } from '../../src/state/undo.ts'
import { compile } from '../../src/topology/compile.ts'
import type { Topology } from '../../src/topology/topology.ts'

export interface Emitted {
  readonly topic: string
  readonly key: unknown
  readonly value: unknown
  readonly time: number
}

export interface FailedRow {
  readonly error: unknown
  readonly key: unknown
  readonly value: unknown
  readonly time: number
}

export interface Bench {
  readonly task: TaskGraph
  readonly context: MutableContext
  readonly undo: UndoLog
  readonly counters: OperatorCounters
  readonly emitted: Emitted[]
  readonly failedRows: FailedRow[]
  readonly stores: ReadonlyMap<string, AnyStore>
  readonly nodeName: (index: number) => string
  /** Runs one record like the runtime does, the time mark W = `mark` behind it. */
  put(key: unknown, value: unknown, time: number, mark?: number): void
  /** What was emitted since the last call, as `key=value@time`. */
  said(): string[]
}

export interface BenchOptions {
  readonly subTopology?: number
  readonly source?: number
  readonly tables?: Readonly<Record<string, ReadonlyMap<unknown, unknown>>>
}

export function bench(topology: Topology, { subTopology = 0, source = 0, tables = {} }: BenchOptions = {}): Bench {
  const graph = compile(topology)
  const description = graph.subTopologies[subTopology]!
  const undo = new UndoLog()
  const stores = new Map(
    description.stores.map(({ name, store }) => [name, openStore(name, store, new MemoryRows(), undo)]),
  )
  const emitted: Emitted[] = []
  const failedRows: FailedRow[] = []
  const counters = { filtered: 0, late: 0, out: 0 }
  const context = newContext()
  const emit = (topic: string, key: unknown, value: unknown, time: number): void => {
    emitted.push({ topic, key, value, time })
    undo.note({ undo: () => emitted.pop() }, null, null, null)
  }
  const task = buildTaskGraph(description, {
    app: graph.app,
    context,
    undo,
    counters,
    store: (name) => stores.get(name)!,
    globalTable: (topic) => ({ get: (key) => tables[topic]?.get(key) }),
    emitSink: (node, key, value, time) => emit(node.topic.name, key, value, time),
    emitRepartition: (_node, topic, key, value, time) => emit(topic, key, value, time),
    rowFailed: (error, { key, value, time }) => failedRows.push({ error, key, value, time }),
    lateLetter: () => undefined,
  })
  return {
    task,
    context,
    undo,
    counters,
    emitted,
    failedRows,
    stores,
    nodeName: (index) => description.nodes[index]!.name,
    put(key, value, time, mark = Number.NEGATIVE_INFINITY) {
      Object.assign(context, { topic: 'in', offset: 7, raisesTime: true, key, time, window: null })
      task.receive(source, key, value, time)
      undo.forget()
      if (mark >= 0) task.advance(mark)
      undo.forget()
    },
    said: () => emitted.splice(0).map(({ key, value, time }) => `${key}=${textOf(value)}@${time}`),
  }
}

function newContext(): MutableContext {
  return {
    key: null,
    time: -1,
    window: null,
    headers: [],
    topic: 'in',
    partition: 0,
    offset: -1,
    outOfOrderness: 0,
    raisesTime: true,
    node: -1,
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

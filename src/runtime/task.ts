/** One task: a sub-topology at one partition, its queues, its time, its state, and what it must be able to go back to. */

import type { PartitionOffset } from '../kafka/port.ts'
import type { OperatorEnvironment, TaskGraph } from '../operators/operator.ts'
import { buildTaskGraph } from '../operators/task-graph.ts'
import { partitionName } from '../record.ts'
import { createKeyValueStore } from '../state/memory.ts'
import type { KeyValueStore, Store, WindowStore } from '../state/store.ts'
import { UndoLog } from '../state/undo.ts'
import { createWindowStore } from '../state/window-memory.ts'
import { Watermark, type WatermarkInput } from '../time/watermark.ts'
import type { GraphStore, SubTopology } from '../topology/graph.ts'
import type { SourceNode } from '../topology/nodes.ts'
import { TaskContext } from './context.ts'
import type { Plan, TaskDescription } from './plan.ts'
import { taskIdsOf } from './plan.ts'
import { endOfWriter, type HeardEnds, type Progress, type RunProgress } from './progress.ts'
import { PartitionQueue } from './queue.ts'

/** A store and the topic that carries it. */
export interface TaskStore {
  readonly spec: GraphStore
  readonly store: Store
  /** True when the table's own topic serves as changelog: then nothing is written. */
  readonly fromSource: boolean
}

/** Where the last commit left a task. */
interface Checkpoint {
  readonly positions: ReadonlyMap<PartitionQueue, number>
  readonly progress: Progress
}

export type TaskEnvironment = Omit<OperatorEnvironment, 'context' | 'undo' | 'windowStore' | 'keyValueStore'>

export class Task {
  readonly id: string
  readonly description: TaskDescription
  readonly queues: readonly PartitionQueue[]
  readonly stores: readonly TaskStore[]
  readonly context: TaskContext
  readonly undo: UndoLog = new UndoLog()
  readonly watermark: Watermark
  readonly graph: TaskGraph
  /** `opening`: restoring. `running`: takes records. `done`: a bounded run is through for it. `closed`: another owns it. */
  phase: 'opening' | 'running' | 'done' | 'closed' = 'opening'
  /** True when a commit has something to write for it. */
  touched = false
  /** W as it was last sent through the graph. */
  sentMark = -1
  run: RunProgress | null = null
  private heard: HeardEnds | null = null
  /** Number of the next decision. */
  private decisions = 0
  /** Number of the decision of the present idle span, if one was taken. */
  private deciding: number | null = null
  /** W when a record was last taken. */
  takenMark = -1
  /** Wall time at which a record was last taken, or the task started to run. */
  activeAt = 0
  private checkpoint: Checkpoint | null = null
  /** By queue: the tasks that write a repartition topic, null for a user's topic. */
  private readonly writers: readonly (readonly string[] | null)[]

  constructor(description: TaskDescription, plan: Plan, environment: (task: Task) => TaskEnvironment) {
    const { subTopology } = description
    this.id = description.id
    this.description = description
    this.queues = description.inputs.map((input, index) => new PartitionQueue(input, index))
    this.context = new TaskContext(description.partition)
    this.stores = subTopology.stores.map((spec) => ({
      spec,
      store: this.openStore(spec),
      fromSource: spec.node.kind === 'table-source',
    }))
    const inputs = watermarkInputs(description, plan)
    this.writers = inputs.map((input) => input.writers)
    this.watermark = new Watermark(inputs)
    this.graph = buildTaskGraph(subTopology, {
      ...environment(this),
      context: this.context,
      undo: this.undo,
      windowStore: (name) => this.store(name) as WindowStore,
      keyValueStore: (name) => this.store(name) as KeyValueStore,
    })
  }

  get subTopology(): SubTopology {
    return this.description.subTopology
  }

  /** Takes up what the last commit of any owner left; `run` is the bounded run to go on with, or null. */
  resume(progress: Progress | null, positions: ReadonlyMap<string, number>, run: RunProgress | null): void {
    for (const queue of this.queues) queue.moveTo(positions.get(partitionName(queue))!)
    this.recall(progress ?? this.progress(), run)
    // The wall clock counts on from there, or windows would stay open after a restart on quiet input.
    this.takenMark = this.watermark.value
    this.save()
  }

  /** Records were taken: an idle span, if there was one, is over. */
  noteActivity(now: number): void {
    this.activeAt = now
    this.takenMark = this.watermark.value
    this.deciding = null
  }

  /**
   * The number of a decision taken now. One an idle span: applying only its last advance gives the same result, so the
   * span keeps its number; the next span has another, and both stay in the compacted topic.
   */
  decisionNumber(): number {
    this.deciding ??= this.decisions++
    return this.deciding
  }

  progress(): Progress {
    return {
      version: 1,
      watermark: this.watermark.save(),
      operators: this.graph.saveTimes(),
      decisions: this.decisions,
      run: this.run,
      heard: this.heard,
    }
  }

  /** The transaction is committed: this is where an abort goes back to. */
  remember(): void {
    for (const { store } of this.stores) store.commit()
    this.save()
    this.touched = false
  }

  /** The transaction is aborted: state, time and positions are those of the last commit. */
  rewind(): void {
    const { checkpoint } = this
    if (checkpoint === null) return
    this.undo.forget()
    for (const { store } of this.stores) store.abort()
    for (const [queue, position] of checkpoint.positions) queue.moveTo(position)
    this.recall(checkpoint.progress, checkpoint.progress.run)
    this.touched = false
    if (this.phase === 'done' && !this.run?.done) this.phase = 'running'
  }

  /**
   * After a flush that a value could not be encoded in: until the next commit each record's values are encoded at once,
   * so that the record at fault is refused, not the transaction. @returns false when that was so already
   */
  encodeEagerly(): boolean {
    if (this.stores.every(({ store }) => store.encodesEagerly)) return false
    for (const { store } of this.stores) store.encodesEagerly = true
    return true
  }

  /** Where the last commit left each input. */
  committedPositions(): PartitionOffset[] {
    return [...(this.checkpoint?.positions ?? [])].map(([{ topic, partition }, offset]) => ({
      topic,
      partition,
      offset,
    }))
  }

  private save(): void {
    this.checkpoint = {
      positions: new Map(this.queues.map((queue) => [queue, queue.position])),
      progress: this.progress(),
    }
  }

  private recall(progress: Progress, run: RunProgress | null): void {
    this.watermark.restore(progress.watermark)
    this.graph.restoreTimes(progress.operators)
    this.decisions = progress.decisions
    this.deciding = null
    this.run = run
    this.heard = progress.heard
    this.sentMark = -1
    for (const queue of this.queues) {
      queue.end = run?.ends[partitionName(queue)] ?? Number.POSITIVE_INFINITY
      for (const writer of this.writers[queue.index] ?? []) {
        if (this.isEndOf(queue, writer)) this.watermark.writerMark(queue.index, writer, Number.POSITIVE_INFINITY)
      }
    }
  }

  /** A writer of a repartition input is through with a run. The end of another run is no end: its last mark stands. */
  hearEnd(queue: PartitionQueue, runId: string, writer: string): void {
    const writers = this.heard?.runId === runId ? this.heard.writers : []
    this.heard = { runId, writers: [...new Set([...writers, endOfWriter(queue.topic, writer)])] }
    if (this.isEndOf(queue, writer)) this.watermark.writerMark(queue.index, writer, Number.POSITIVE_INFINITY)
  }

  private isEndOf(queue: PartitionQueue, writer: string): boolean {
    if (this.run === null || this.heard?.runId !== this.run.id) return false
    return this.heard.writers.includes(endOfWriter(queue.topic, writer))
  }

  /** In a bounded run: nothing more comes through this input. */
  hasEnded(queue: PartitionQueue): boolean {
    const writers = this.writers[queue.index]!
    if (writers === null) return queue.finished
    return writers.every((writer) => this.isEndOf(queue, writer))
  }

  private store(name: string): Store {
    return this.stores.find(({ spec }) => spec.name === name)!.store
  }

  private openStore({ name, node }: GraphStore): Store {
    const { undo } = this
    if (node.kind === 'table-source')
      return createKeyValueStore(name, { key: node.topic.key, value: node.topic.value, undo })
    const serdes = { key: node.keySerde, value: node.sumSerde, undo }
    return node.windows === null ? createKeyValueStore(name, serdes) : createWindowStore(name, serdes)
  }
}

/** The source node of an input: its time policy and failure policies; null behind a repartition topic. */
export function sourceNodeOf(subTopology: SubTopology, source: number): SourceNode | null {
  const { node } = subTopology.nodes[subTopology.sources[source]!.node]!
  return node.kind === 'source' ? node : null
}

function watermarkInputs({ subTopology, inputs }: TaskDescription, plan: Plan): WatermarkInput[] {
  return inputs.map(({ topic, source }) => {
    const { writers } = subTopology.sources[source]!
    return {
      topic,
      outOfOrderness: sourceNodeOf(subTopology, source)?.outOfOrderness ?? 0,
      writers: writers === null ? null : taskIdsOf(plan, writers),
    }
  })
}

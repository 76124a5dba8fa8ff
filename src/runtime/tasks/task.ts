/** One task: a sub-topology at one partition, its queues, its time, its state, and what it must be able to go back to. */

import type { Clock } from '../../clock.ts'
import type { PartitionOffset } from '../../kafka/port.ts'
import type { OperatorEnvironment, TaskGraph } from '../../operators/operator.ts'
import { buildTaskGraph } from '../../operators/task-graph.ts'
import { partitionName } from '../../record.ts'
import { MemoryRows } from '../../state/memory/rows.ts'
import { type AnyStore, openStore } from '../../state/open.ts'
import type { Rows } from '../../state/rows.ts'
import { UndoLog } from '../../state/undo.ts'
import { Watermark, type WatermarkInput } from '../../time/watermark.ts'
import type { GraphStore, SubTopology } from '../../topology/graph.ts'
import type { SourceNode } from '../../topology/nodes.ts'
import { Flights } from '../async/flights.ts'
import { noRecord, StagedMarks } from '../async/staged-marks.ts'
import type { Breakers } from '../breakers/breakers.ts'
import { endOfWriter, type HeardEnds, type Progress, type RunProgress } from '../commit/progress.ts'
import type { CommittedEnd } from '../commit/sent.ts'
import { Failing } from '../failures/failing.ts'
import type { Pause } from '../failures/pausing.ts'
import type { Hand } from '../hand.ts'
import { parkingOf } from '../park/open.ts'
import type { Parking } from '../park/parking.ts'
import type { Plan, TaskDescription } from '../plan.ts'
import { taskIdsOf } from '../plan.ts'
import { ReentryEnds } from '../reentry/ends.ts'
import { type Decision, DecisionLog, type LeadDecision, type Moment } from '../time/decisions.ts'
import { LaterRounds, sinkRoundsOf, smallestSent } from '../time/later-rounds.ts'
import { type Recording, Replay } from '../time/recording.ts'
import { TaskContext } from './context.ts'
import { PartitionQueue } from './queue.ts'

/** A store and the topic that carries it. */
export interface TaskStore {
  readonly spec: GraphStore
  readonly store: AnyStore
}

/** Where a commit leaves a task. */
export interface Checkpoint {
  readonly positions: ReadonlyMap<PartitionQueue, number>
  readonly progress: Progress
}

export interface TaskEnvironment extends Omit<OperatorEnvironment, 'context' | 'undo' | 'store' | 'calls'> {
  /** Of steps that wait for answers. */
  readonly clock: Clock
  /** Where one stands in front of a step. */
  readonly breakers?: Breakers
  /** Where somebody watches. */
  readonly hand?: Hand
}

/** Of a queue of records that come again: most of them only wait. */
const reentryBytes = 1_048_576

/** Opens what a store of a task keeps its committed rows in. */
export type OpenRows = (task: string, store: GraphStore) => Rows

export class Task {
  readonly id: string
  readonly description: TaskDescription
  readonly queues: readonly PartitionQueue[]
  /** Records that come again, outside of merge, time and idleness. Their places count on behind those of `queues`. */
  readonly reentries: readonly PartitionQueue[]
  /** Every partition that is read, and whose position is committed. */
  readonly allQueues: readonly PartitionQueue[]
  readonly reentryEnds: ReentryEnds
  readonly stores: readonly TaskStore[]
  readonly context: TaskContext
  readonly undo: UndoLog = new UndoLog()
  readonly watermark: Watermark
  readonly graph: TaskGraph
  /** Records that wait for answers; null where no step waits. */
  readonly flights: Flights | null
  readonly marks: StagedMarks = new StagedMarks()
  /** Asked before each record; null where no policy parks. */
  readonly parking: Parking | null
  /** Records that failed and are not done with. */
  readonly failing: Failing
  /** Why nothing is taken until an operator says otherwise; null: nothing is amiss. */
  paused: Pause | null = null
  /** Of what lies behind inputs that its own records come back through; null outside of circles of sub-topologies. */
  readonly laterRounds: LaterRounds | null
  readonly rowFailed: OperatorEnvironment['rowFailed']
  /** `opening`: restoring. `running`: takes records. `done`: a bounded run is through for it. `closed`: another owns it. */
  phase: 'opening' | 'running' | 'done' | 'closed' = 'opening'
  /** True when a commit has something to write for it. */
  touched = false
  /** W as it was last sent through the graph. */
  sentMark = -1
  run: RunProgress | null = null
  private heard: HeardEnds | null = null
  readonly decisions: DecisionLog
  private recording: Replay | null = null
  /** Told when the queues have gone back. */
  rewound: () => void = () => undefined
  /** W beyond which nothing more is taken from sources, since other tasks are too far behind (2.13). */
  holdAt: number = Number.POSITIVE_INFINITY
  /** W when a record was last taken. */
  takenMark = -1
  /** Wall time at which a record was last taken, or the task started to run. */
  activeAt = 0
  private checkpoint: Checkpoint | null = null
  /** True while a transaction that it is part of is being committed. */
  private isHandedOver = false
  /** Records since the last commit, and how many they may become before the next: after a rewind no more than before it. */
  private taken = 0
  private takesAtMost: number = Number.POSITIVE_INFINITY
  /** By queue: the tasks that write a repartition topic, null for a user's topic. */
  private readonly writers: readonly (readonly string[] | null)[]
  /** By queue: how often what comes through it may have been round a circle. */
  readonly rounds: readonly number[]
  /** The same of what is written to each repartition topic. */
  private readonly sinkRounds: ReadonlyMap<string, number>
  /** True when a record was taken that W follows, since activity was last noted. */
  private hasMoved = true

  constructor(
    description: TaskDescription,
    plan: Plan,
    environment: (task: Task) => TaskEnvironment,
    openRows: OpenRows = () => new MemoryRows(),
  ) {
    const { subTopology } = description
    this.id = description.id
    this.description = description
    this.queues = description.inputs.map((input, index) => new PartitionQueue(input, index))
    const { length } = this.queues
    this.reentries = description.reentries.map((each, index) => new PartitionQueue(each, length + index, reentryBytes))
    this.allQueues = [...this.queues, ...this.reentries]
    this.reentryEnds = new ReentryEnds(this.reentries)
    this.context = new TaskContext(description.partition)
    this.decisions = new DecisionLog(this.id, this.queues)
    this.stores = subTopology.stores.map((spec) => ({
      spec,
      store: openStore(spec.name, spec.store, openRows(this.id, spec), this.undo),
    }))
    const inputs = watermarkInputs(description, plan)
    this.writers = inputs.map((input) => input.writers)
    this.rounds = inputs.map((input) => input.round)
    const rounds = Math.max(...subTopology.nodes.map(({ round }) => round)) + 1
    this.laterRounds = rounds > 1 ? new LaterRounds(rounds) : null
    this.watermark = new Watermark(inputs)
    const { clock, breakers, hand = null, ...given } = environment(this)
    this.context.hand = hand
    this.sinkRounds = sinkRoundsOf(subTopology, given.app)
    this.failing = new Failing(clock)
    this.parking = parkingOf(this, clock)
    const waits = subTopology.nodes.some(({ node }) => node.kind === 'map-async')
    this.flights = waits
      ? new Flights({
          context: this.context,
          undo: this.undo,
          clock,
          gates: breakers?.gatesOf(subTopology) ?? new Map(),
          failing: this.failing,
        })
      : null
    this.rowFailed = given.rowFailed
    this.graph = buildTaskGraph(subTopology, {
      ...given,
      ...(this.flights !== null && { calls: this.flights }),
      context: this.context,
      undo: this.undo,
      store: (name) => this.store(name),
    })
  }

  /** The queues of the user's own topics. */
  get sourceQueues(): readonly PartitionQueue[] {
    return this.queues.filter((queue) => this.writers[queue.index] === null)
  }

  get subTopology(): SubTopology {
    return this.description.subTopology
  }

  /** Takes up what the last commit of any owner left; `run` is the bounded run to go on with, or null. */
  resume(progress: Progress | null, positions: ReadonlyMap<string, number>, run: RunProgress | null): void {
    for (const queue of this.allQueues) queue.moveTo(positions.get(partitionName(queue))!)
    this.recall(progress ?? this.progress(), run)
    // The wall clock counts on from there, or windows would stay open after a restart on quiet input.
    this.takenMark = this.watermark.value
    this.checkpoint = this.present()
  }

  /** Records were taken: an idle span, if there was one, is over. What comes back from a circle does not end it. */
  noteActivity(now: number): void {
    if (!this.hasMoved) return
    this.hasMoved = this.laterRounds === null
    this.activeAt = now
    this.takenMark = this.watermark.value
  }

  /** Where and when a decision is taken. */
  moment(wallTime: number): Moment {
    const offsets = Object.fromEntries(this.queues.map((queue) => [partitionName(queue), queue.position]))
    return { offsets, before: this.watermark.lastFinite, wallTime }
  }

  /**
   * Time follows the wall clock, or, where there is nothing to count from, the task says that it is idle.
   * @returns false where that is so already
   */
  advanceClock(to: number | 'idle', wallTime: number): boolean {
    const { watermark } = this
    const moment = this.moment(wallTime)
    if (to === 'idle' ? watermark.hasTaken || watermark.isIdleIn(0) : !(to > watermark.value)) return false
    if (to === 'idle') watermark.becomeIdle()
    else watermark.advanceTo(to)
    this.decisions.clock(moment, to)
    this.touched = true
    return true
  }

  /** Takes the decisions of a recording instead of its own, as far as it reaches. Only behind the user's own topics. */
  replay(recording: Recording): void {
    if (this.writers.every((writers) => writers === null)) this.recording = new Replay(recording)
  }

  get isReplaying(): boolean {
    return this.recording !== null
  }

  /** Where the recording ends the task decides by itself again. */
  leaveReplay(): void {
    if (this.recording?.isOver(this.queues)) this.recording = null
  }

  /** The next recorded decision that is due here, or null. */
  recordedDecision(): Exclude<Decision, { kind: 'lead' }> | null {
    return this.recording?.take(this.queues) ?? null
  }

  /** The recorded decision to refuse the next record of a queue as too far ahead, or null. */
  recordedRefusal(queue: PartitionQueue): LeadDecision | null {
    return this.recording?.refusal(queue, queue.current.offset) ?? null
  }

  /** True while its time is too far ahead of other tasks. */
  get isHeld(): boolean {
    return this.watermark.value > this.holdAt
  }

  /** True where there is nothing to take, as far as is known: a bounded run is through, or Kafka has no more. */
  get isQuiet(): boolean {
    return this.watermark.isIdle || this.queues.every((queue) => queue.caughtUp || this.hasEnded(queue))
  }

  /** True while there is, or may be, something that is still to come again. */
  get awaitsReentries(): boolean {
    return !this.reentryEnds.areReached
  }

  /** True when what was taken back is done again: a commit comes before any further record. */
  get hasRedone(): boolean {
    return this.taken >= this.takesAtMost
  }

  /** True while a record waits for an answer. */
  get isWaiting(): boolean {
    return this.flights !== null && !this.flights.isEmpty
  }

  /** Event time of a node as last committed; -1 before any record. */
  committedTime(node: string): number {
    return this.checkpoint?.progress.operators[node]?.time ?? -1
  }

  /** W as of the last commit. */
  get saidWatermark(): number {
    return this.checkpoint?.progress.watermark.value ?? -1
  }

  /** True when the last commit said so. */
  get saidQuiet(): boolean {
    return this.checkpoint?.progress.quiet ?? false
  }

  progress(): Progress {
    const { next, absences } = this.decisions.save()
    return {
      version: 1,
      watermark: this.watermark.save(),
      operators: this.graph.saveTimes(),
      decisions: next,
      absences,
      quiet: this.isQuiet,
      run: this.run,
      heard: this.heard,
    }
  }

  /** What operators held back for the commit comes out, caused by no single record. */
  beforeCommit(): void {
    this.context.leave()
    this.graph.beforeCommit()
    this.undo.forget()
  }

  /** The same where steps wait, as far as no answer is missing: what comes out may ask for more. */
  emitHeld(flights: Flights): void {
    for (let stage = 0; stage < this.graph.stages && flights.isEmpty; stage++) {
      this.context.leave()
      this.graph.beforeCommit(stage)
      flights.depart(noRecord, smallestSent(this))
      this.undo.forget()
    }
  }

  /** All it did is handed over to be committed: what it does from now on belongs to the next transaction. */
  handOver(): Checkpoint {
    this.decisions.handedOver()
    this.reentryEnds.handOver()
    this.touched = false
    this.isHandedOver = true
    return this.present()
  }

  /** A transaction that was handed over is committed: this is where an abort goes back to. */
  remember(checkpoint: Checkpoint, committedEnd: CommittedEnd): void {
    for (const { store, spec } of this.stores) {
      store.commit(committedEnd({ topic: spec.changelog, partition: this.description.partition }))
    }
    this.reentryEnds.committed(committedEnd)
    for (const [{ index }, position] of checkpoint.positions) {
      this.failing.committed(index, position)
      this.flights?.committed(index, position)
    }
    this.checkpoint = checkpoint
    this.isHandedOver = false
    this.taken = 0
    this.takesAtMost = Number.POSITIVE_INFINITY
  }

  /**
   * True where the next transaction may begin while Kafka commits the last: nothing of it depends on that one's outcome.
   * What waits for answers, is parked or is held must be told of a commit before it goes on.
   */
  get isIndependent(): boolean {
    const { flights, parking, failing, stores } = this
    if (flights !== null || parking !== null || !failing.isEmpty) return false
    return !stores.some(({ store }) => store.encodesEagerly)
  }

  /** Gives up its state: what is on disk stays for the next owner of the task. */
  close(): void {
    if (this.phase === 'closed') return
    this.phase = 'closed'
    this.flights?.drop()
    this.failing.close()
    for (const { store } of this.stores) store.close()
  }

  /** The transaction is aborted: state, time and positions are those of the last commit. */
  rewind(): void {
    const { checkpoint } = this
    if (this.phase === 'opening') this.beginAgain()
    if (this.phase === 'opening' || checkpoint === null) return
    // Further records might be the reason to go back again, and nothing would ever be committed.
    if (this.taken > 0) this.takesAtMost = Math.min(this.takesAtMost, this.taken)
    this.taken = 0
    this.undo.forget()
    this.flights?.rewind(checkpoint.positions)
    this.failing.rewound()
    this.parking?.rewound()
    for (const { store } of this.stores) store.abort()
    for (const [queue, position] of checkpoint.positions) queue.moveTo(position)
    this.reentryEnds.rewound()
    this.recall(checkpoint.progress, checkpoint.progress.run)
    this.touched = false
    if (this.phase === 'done' && !this.run?.done) this.phase = 'running'
  }

  /** It has not taken a record yet: where it begins is still to be committed. */
  private beginAgain(): void {
    for (const { store } of this.stores) store.abort()
    this.touched ||= this.isHandedOver
    this.isHandedOver = false
  }

  /**
   * After a flush that a value could not be encoded in: until the next commit each record's values are encoded at once,
   * so that the record at fault is refused, not the transaction. The same for rows larger than their changelogs take.
   * @returns false when that was so already
   */
  encodeEagerly(maxRecordBytes: (topic: string) => number): boolean {
    if (this.stores.every(({ store }) => store.encodesEagerly)) return false
    for (const { store, spec } of this.stores) {
      store.encodesEagerly = true
      store.maxRowBytes = maxRecordBytes(spec.changelog)
    }
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

  private present(): Checkpoint {
    return {
      positions: new Map(this.allQueues.map((queue) => [queue, queue.position])),
      progress: this.progress(),
    }
  }

  private recall(progress: Progress, run: RunProgress | null): void {
    this.watermark.restore(progress.watermark)
    this.graph.restoreTimes(progress.operators)
    this.decisions.restore({ next: progress.decisions, absences: progress.absences ?? [] })
    this.rewound()
    this.run = run
    this.heard = progress.heard
    this.sentMark = -1
    this.marks.reset()
    this.laterRounds?.reset()
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

  /** True while nothing that may come into this repartition topic has anything to count from. */
  isIdleBefore(topic: string): boolean {
    return this.watermark.isIdleIn(this.sinkRounds.get(topic)!)
  }

  /** A record is taken: W follows those that are not back from a circle. */
  noteTaken(queue: number): void {
    this.touched = true
    this.taken++
    if (this.rounds[queue] === 0) this.hasMoved = true
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

  private store(name: string): AnyStore {
    return this.stores.find(({ spec }) => spec.name === name)!.store
  }
}

/** The source node of an input: its time policy and failure policies; null behind a repartition topic. */
export function sourceNodeOf(subTopology: SubTopology, source: number): SourceNode | null {
  const { node } = subTopology.nodes[subTopology.sources[source]!.node]!
  return node.kind === 'source' ? node : null
}

function watermarkInputs({ subTopology, inputs }: TaskDescription, plan: Plan): Required<WatermarkInput>[] {
  return inputs.map(({ topic, source }) => {
    const { writers, node: index } = subTopology.sources[source]!
    const node = sourceNodeOf(subTopology, source)
    return {
      topic,
      outOfOrderness: node?.outOfOrderness ?? 0,
      writers: writers === null ? null : taskIdsOf(plan, writers),
      promises: node !== null && node.watermark !== null,
      round: subTopology.nodes[index]!.round,
    }
  })
}

/** The runtime's own tasks over a log in memory: same decoding, time, policies and commits, without a promise. */
import { type Duration, toMilliseconds } from '../clock.ts'
import { findFault, MillraceError } from '../faults.ts'
import { partitionName, type TopicPartition } from '../record.ts'
import { RewindRequest } from '../runtime/async/refusals.ts'
import { Waits } from '../runtime/async/waits.ts'
import { writeTransaction } from '../runtime/commit/commit.ts'
import { Outputs } from '../runtime/commit/emit.ts'
import { newWork, type ThreadCounters, workOf } from '../runtime/counters.ts'
import { Failures, StopRequest } from '../runtime/failures/failures.ts'
import { resumePaused } from '../runtime/failures/pausing.ts'
import { type Plan, planTasks } from '../runtime/plan.ts'
import { GlobalTables } from '../runtime/restore/global-tables.ts'
import type { DeadLetterOptions, RunOptions, Thread } from '../runtime/settings.ts'
import { Copies } from '../runtime/standbys/copies.ts'
import { TaskProcessor } from '../runtime/tasks/process.ts'
import type { PartitionQueue } from '../runtime/tasks/queue.ts'
import { Task } from '../runtime/tasks/task.ts'
import { taskEnvironment } from '../runtime/tasks/task-environment.ts'
import { align } from '../runtime/time/alignment.ts'
import { IdleClock } from '../runtime/time/idle.ts'
import type { Recording } from '../runtime/time/recording.ts'
import { MarkSender } from '../runtime/time/send-marks.ts'
import type { Graph } from '../topology/graph.ts'
import { Crash, type CrashPlan } from './crash-plan.ts'
import type { DrivenClock } from './driven-clock.ts'
import { nextDue } from './due.ts'
import { advanceEventTime } from './event-time.ts'
import { keyAt, type MemoryLog, valueAt } from './memory-log.ts'
import { MemoryTransactions } from './memory-transactions.ts'
import { recordingOf } from './recorded.ts'
import { resumeTask } from './resume.ts'
import { outputTopics, threadOf, userPartitions } from './thread.ts'

/** The id of the bounded run that `end` is. */
const runId = 'driven'

export interface EngineOptions {
  readonly graph: Graph
  readonly log: MemoryLog
  readonly clock: DrivenClock
  readonly partitions: number
  /** What tasks decided once, to be decided again. */
  readonly decisions: readonly Recording[]
  readonly state: RunOptions['state']
  /** Absent: any number, with stacks. */
  readonly deadLetters?: DeadLetterOptions
  /** Null: it never dies by itself. */
  readonly crashes: CrashPlan | null
  /** What was counted before a crash. */
  readonly counted: ThreadCounters
}

export class Engine {
  readonly plan: Plan
  readonly counters: ThreadCounters
  /** What the last commit left of them. */
  private settled = newWork()
  private readonly log: MemoryLog
  private readonly clock: DrivenClock
  private readonly thread: Thread
  private readonly transactions: MemoryTransactions
  private readonly outputs: Outputs
  private readonly marks: MarkSender
  private readonly globals: GlobalTables
  private readonly copies: Copies
  private readonly crashes: CrashPlan | null
  private readonly processors: readonly TaskProcessor[]
  /** How far each queue has been given the log. */
  private readonly fed = new Map<PartitionQueue, number>()
  private readonly waits: Waits
  /** True while a bounded run ends: not at once, where records wait for answers. */
  private isEnding = false
  private isClosed = false

  /** Takes up what the log holds: nothing at first, everything after a restart. */
  constructor(options: EngineOptions) {
    const { graph, log, clock, partitions, decisions, state, crashes, counted, deadLetters } = options
    this.log = log
    this.clock = clock
    this.crashes = crashes
    this.counters = { ...counted }
    this.settled = workOf(counted)
    this.copies = new Copies({ graph, clock, ...(state && { state }) })
    this.plan = planTasks(graph, userPartitions(graph, partitions))
    this.thread = threadOf(graph, this.plan, clock, this.counters, deadLetters)
    this.transactions = new MemoryTransactions(log)
    this.outputs = new Outputs(this.transactions, outputTopics(this.plan))
    this.marks = new MarkSender(this.thread, this.outputs, this.plan)
    this.globals = new GlobalTables(graph.globalTables)
    this.processors = this.makeProcessors()
    this.waits = new Waits(
      () => this.tasks,
      () => undefined,
    )
    for (const task of this.tasks) this.waits.watch(task)
    if (this.thread.breakers !== undefined) this.thread.breakers.moved = () => this.waits.askAgain()
    for (const { name } of graph.globalTables) this.loadTable(name)
    for (const { task } of this.processors) this.resume(task)
    for (const task of this.tasks) for (const each of decisions) if (each.task === task.id) task.replay(each)
  }

  get tasks(): readonly Task[] {
    return this.processors.map(({ task }) => task)
  }

  /** The wall clock counts from now on: nothing was idle before. */
  started(): void {
    for (const task of this.tasks) task.activeAt = this.clock.now()
  }

  /** What each task has decided so far. */
  recordings(): Recording[] {
    return this.tasks.map((task) => recordingOf(task, this.log, this.thread.graph.app))
  }

  partitionOf(topic: string, key: Uint8Array | string | null): number {
    return this.outputs.partitionOf(topic, key, 0)
  }

  /** Brings one more record of a global table to every lookup. */
  applyToTable(partition: TopicPartition, offset: number): void {
    for (const cursor of this.log.records(partition, offset, offset + 1))
      this.globals.apply(partition, keyAt(cursor), valueAt(cursor), cursor.offset)
  }

  /** True while records wait for answers: what was done since the last commit is not committed then. */
  get isWaiting(): boolean {
    return this.waits.isWaiting
  }

  /** What was counted in committed work. */
  get committedCounts(): ThreadCounters {
    return { ...this.counters, ...this.settled }
  }

  /**
   * Takes all there is and commits, until nothing is left to take. At the end of a run the clock goes on by itself to what
   * waits for it. @throws MillraceError where a policy stops the worker
   */
  settle(): void {
    if (this.isClosed) return
    do this.takeAll()
    while (this.isEnding && !this.waits.isAsking && this.goToNextDue(Number.POSITIVE_INFINITY))
    if (this.isEnding && !this.waits.isWaiting && !this.tasks.some(isKept)) this.endRun()
  }

  private takeAll(): void {
    this.attempt(() => {
      do {
        this.fireWallClocks()
        this.runAll()
        this.fireWallClocks()
        if (this.isEnding) for (const processor of this.processors) processor.finish()
      } while (this.commit() || this.waits.hasAnswers)
    })
  }

  /** @returns false where nothing waits for a time up to `end` */
  private goToNextDue(end: number): boolean {
    const due = nextDue(this.tasks, this.thread.breakers)
    const wait = due - this.clock.now()
    if (due > end || due === Number.POSITIVE_INFINITY || wait <= 0) return false
    this.clock.advance({ milliseconds: wait })
    return true
  }

  /** The wall clock moves, and stops wherever something is due: what waits again then counts from there. */
  advance(by: Duration): void {
    const end = this.clock.now() + toMilliseconds(by)
    while (this.goToNextDue(end)) this.settle()
    this.clock.advance({ milliseconds: end - this.clock.now() })
    this.followClock()
  }

  /** Goes on until no record waits for an answer. What waits for the clock is left to wait. */
  async settleAll(): Promise<void> {
    for (this.settle(); this.waits.isAsking && !this.isClosed; this.settle()) await this.waits.answer()
  }

  /** Tasks that are paused go on. @returns how many were */
  resumePaused(id: string | undefined): number {
    const resumed = this.tasks.filter((task) => (id === undefined || task.id === id) && resumePaused(task))
    this.settle()
    return resumed.length
  }

  /** What waits for answers waits no longer. */
  close(): void {
    this.isClosed = true
    for (const task of this.tasks) task.close()
    this.thread.breakers?.end()
    this.copies.close()
    this.waits.announce()
  }

  private fireWallClocks(): void {
    for (const processor of this.processors) processor.fireWallClock(this.clock.now())
  }

  /** The wall clock has moved: idle tasks follow it. */
  followClock(): void {
    // After a restart nothing has been read yet, and what has not been read to its end is not idle.
    this.settle()
    // A new one knows of no earlier advance: in production those are a second apart at least.
    const idleClock = new IdleClock(this.thread)
    for (const processor of this.processors) if (idleClock.advance(processor.task)) processor.finish()
    this.settle()
  }

  /** Event time moves without a record: first where the user's topics are read, then what lies behind. */
  advanceEventTime(to: number): void {
    this.settle()
    let isMoving = true
    while (isMoving) {
      isMoving = false
      for (const processor of this.processors) {
        if (!advanceEventTime(processor.task, to, this.clock.now())) continue
        processor.finish()
        isMoving = true
      }
      this.settle()
    }
  }

  /** A bounded run to the end of the log: closes and emits everything, in the order of the graph. */
  end(): void {
    this.thread.runId.current = runId
    for (const task of this.tasks) this.begin(task)
    this.isEnding = true
    this.settle()
  }

  private endRun(): void {
    this.isEnding = false
    this.thread.runId.current = null
    for (const task of this.tasks) {
      task.resume(task.progress(), this.log.positions, null)
      for (const queue of task.allQueues) this.fed.set(queue, queue.position)
    }
    this.started()
  }

  /** A reject that no record could be blamed for came out of a commit: once more, so that it hits its record. */
  private attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (error instanceof RewindRequest) {
        this.rewind()
        this.attempt(work)
        return
      }
      if (error instanceof Crash) throw error
      if (findFault(error)?.kind !== 'reject') throw this.stop(error)
      this.rewind()
      if (!this.tasks.map((task) => task.encodeEagerly((topic) => this.outputs.maxRecordBytes(topic))).includes(true))
        throw error
      this.attempt(work)
    }
  }

  private begin(task: Task): void {
    const ends: Record<string, number> = {}
    for (const queue of task.queues) {
      if (task.watermark.writersOf(queue.index).length > 0) continue
      queue.end = this.log.end(queue)
      ends[partitionName(queue)] = queue.end
    }
    task.run = { id: runId, tasks: this.tasks.length, startedAt: this.clock.now(), ends, done: false }
  }

  /** Each task in its turn, as far as it may go before the others. */
  private runAll(): void {
    for (const { allQueues } of this.tasks) for (const queue of allQueues) this.feed(queue)
    for (const processor of this.processors) {
      align(this.tasks, this.plan.tasks, () => null)
      this.run(processor)
    }
  }

  private run(processor: TaskProcessor): void {
    const { task } = processor
    const taken = processor.run(Number.POSITIVE_INFINITY)
    if (taken === 0) return
    this.counters.recordsIn += taken
    task.noteActivity(this.clock.now())
  }

  private feed(queue: PartitionQueue): void {
    const { topic, partition } = queue
    const end = this.log.end(queue)
    const batches = this.log.read(queue, this.fed.get(queue) ?? 0)
    this.fed.set(queue, end)
    queue.add({ topic, partition, batches, nextOffset: end, highWatermark: end, lastStableOffset: end })
  }

  /** @returns true when there was something to commit */
  private commit(): boolean {
    if (!this.waits.isWaiting) this.waits.emitHeld()
    if (this.waits.isWaiting) return false
    this.waits.check()
    const touched = this.tasks.filter((task) => task.touched)
    if (touched.length === 0) return false
    const { thread, outputs, marks } = this
    const checkpoints = writeTransaction({ thread, outputs, marks }, touched)
    const committedEnd = this.transactions.publish()
    for (const task of touched)
      for (const queue of task.allQueues) this.log.positions.set(partitionName(queue), queue.position)
    outputs.reset()
    for (const [task, checkpoint] of checkpoints) task.remember(checkpoint, committedEnd)
    this.waits.committed()
    marks.remember()
    this.clock.committed()
    this.counters.commits++
    this.settled = workOf(this.counters)
    return true
  }

  /** What precedes the record at fault is committed where that is possible, like a worker does that stops. */
  private stop(error: unknown): unknown {
    if (error instanceof StopRequest && !error.abort && !this.waits.isWaiting) this.commit()
    else this.rewind()
    return error instanceof StopRequest ? error.fault : error
  }

  private rewind(): void {
    this.transactions.drop()
    this.outputs.reset()
    this.marks.forget()
    Object.assign(this.counters, this.settled)
    this.counters.aborts++
    for (const task of this.tasks) {
      task.rewind()
      for (const queue of task.allQueues) this.fed.set(queue, queue.position)
    }
  }

  private makeProcessors(): TaskProcessor[] {
    const { thread, outputs, globals } = this
    const failures = new Failures(thread, outputs)
    return this.plan.tasks.map((description) => {
      const task = new Task(
        description,
        this.plan,
        (owner) => taskEnvironment(owner, { thread, outputs, failures, globals }),
        (owner, store) => this.copies.open(owner, store),
      )
      return new TaskProcessor(task, {
        rejected: (owner, queue, error) => failures.record(owner, queue, error),
        refused: (owner, flights, call, error) => failures.waited(owner, flights, call, error),
        holdAgain: (owner, queue) => failures.holdAgain(owner, queue),
        rateLimit: thread.deadLetters?.rateLimit ?? null,
        waiting: (_owner, _queue, notReady) => {
          throw new MillraceError('fatal', {
            code: 'MR3006',
            what: notReady.message,
            why: 'a topology that is driven by hand waits for nothing',
            fix: 'give the serde memoryRegistry() of millrace/avro in the test',
          })
        },
        settled: () => this.recordSettled(),
        now: () => thread.clock.now(),
        isTimeUp: () => false,
        bounded: false,
        counters: this.counters,
      })
    })
  }

  /** A record has done all it does: the moment to die before it is committed. */
  private recordSettled(): void {
    this.outputs.sendFull()
    if (this.crashes?.isDue(this.tasks.flatMap((task) => task.allQueues))) throw new Crash()
  }

  private loadTable(topic: string): void {
    for (let partition = 0; partition < this.plan.partitions.get(topic)!; partition++) {
      const place = { topic, partition }
      for (let offset = 0; offset < this.log.end(place); offset++) this.applyToTable(place, offset)
    }
  }

  private resume(task: Task): void {
    this.counters.restoredRows += resumeTask(task, this.log, this.thread.graph.app)
    task.phase = 'running'
    task.activeAt = this.clock.now()
    for (const queue of task.allQueues) this.fed.set(queue, queue.position)
  }
}

/** A record of it is not done with. */
function isKept({ paused, failing }: Task): boolean {
  return paused !== null || failing.waiting.length > 0
}

/** The tasks of one thread: opened, fed, processed and closed together. */

import { findFault, MillraceError } from '../../faults.ts'
import type { Assignment, FetchedPartition, Fetcher, KafkaError } from '../../kafka/port.ts'
import { publish } from '../../observe/events.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import type { NotReady } from '../../serde/not-ready.ts'
import { Waits } from '../async/waits.ts'
import type { Outputs } from '../commit/emit.ts'
import type { Failures } from '../failures/failures.ts'
import { resumePaused } from '../failures/pausing.ts'
import { pauseBeforeUnreadable, readAgain, unreadablePartition } from '../failures/unreadable.ts'
import { type CopyKind, copiesIn, decodeAssignmentData, tasksByAddress } from '../group/assign.ts'
import { OperatorLog } from '../operator-log.ts'
import { partitionsRead, type TaskDescription } from '../plan.ts'
import type { GlobalTables } from '../restore/global-tables.ts'
import type { Thread } from '../settings.ts'
import type { Copies } from '../standbys/copies.ts'
import { Opening } from './opening.ts'
import { TaskProcessor } from './process.ts'
import type { PartitionQueue } from './queue.ts'
import { seenStore } from './seen-store.ts'
import { Task } from './task.ts'
import { taskEnvironment } from './task-environment.ts'

export interface TaskSetPorts {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly fetcher: Fetcher
  readonly failures: Failures
  readonly globals: GlobalTables
  readonly copies: Copies
  /** Something went wrong beside the loop. */
  failed(error: unknown): void
  /** There is something to do: the loop may rest. */
  wake(): void
}

export interface TaskChange {
  readonly gained: readonly TaskDescription[]
  /** Ids of tasks: a commit that fails before they are closed may have opened them anew. */
  readonly revoked: readonly string[]
  /** Transactional ids of members that are gone. */
  readonly departed: readonly string[]
  /** Tasks of others whose state is to be copied. */
  readonly copies: ReadonlyMap<string, CopyKind>
}

export class TaskSet {
  private readonly ports: TaskSetPorts
  private readonly tasks = new Map<string, Task>()
  private readonly processors = new Map<Task, TaskProcessor>()
  private readonly queues = new Map<string, { readonly task: Task; readonly queue: PartitionQueue }>()
  private readonly paused = new Set<PartitionQueue>()
  /** True when the last turn left records that can be taken. */
  isBusy = false
  /** Records that wait for answers. */
  readonly waits: Waits
  readonly opening: Opening
  /** What operators say to this worker. */
  readonly operators: OperatorLog
  private until = 0
  private turns = 0

  constructor(ports: TaskSetPorts) {
    this.ports = ports
    this.waits = new Waits(
      () => this.open.filter(({ phase }) => phase !== 'opening'),
      () => ports.wake(),
    )
    this.opening = new Opening({
      ...ports,
      create: (description) => this.create(description),
      close: (tasks) => this.close(tasks),
    })
    const { thread, failed } = ports
    this.operators = new OperatorLog({ thread, resumeTask: (id) => this.resumeTask(id), failed })
    if (thread.breakers !== undefined) thread.breakers.moved = () => this.waits.askAgain()
  }

  /** An operator lets a paused task go on; it may be another's. */
  resumeTask(id: string): void {
    const task = this.tasks.get(id)
    if (task === undefined || !resumePaused(task)) return
    readAgain(task, this.ports.fetcher)
    this.ports.wake()
  }

  get open(): readonly Task[] {
    return [...this.tasks.values()]
  }

  get running(): readonly Task[] {
    return this.open.filter((task) => task.phase === 'running')
  }

  get ids(): readonly string[] {
    return [...this.tasks.keys()]
  }

  /** Wall time at which a task can take records without anything having come. */
  get wakesAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.running.map((task) => this.processors.get(task)!.wakesAt))
  }

  get isTouched(): boolean {
    for (const task of this.tasks.values()) if (task.touched) return true
    return false
  }

  get allDone(): boolean {
    return this.open.every((task) => task.phase === 'done' && !task.touched)
  }

  /**
   * A task came to its end in this transaction, and the others have nothing to take just now: no reason to wait for the
   * commit interval. While they have, waiting costs nobody anything, and hundreds of tasks end with few commits.
   */
  get hasFinished(): boolean {
    return !this.isBusy && this.open.some((task) => task.phase === 'done' && task.touched)
  }

  /** True where all may go on while Kafka commits what they have done. */
  get areIndependent(): boolean {
    return this.open.every((task) => task.isIndependent)
  }

  /** Of what waits for a time to come again there is little, and it must not keep others from being fetched. */
  get queuedBytes(): number {
    let bytes = 0
    for (const { queues } of this.tasks.values()) for (const queue of queues) bytes += queue.bytes
    return bytes
  }

  /** Tasks that are at work, or were to their end. */
  get ready(): ReadonlySet<string> {
    return new Set(this.open.filter(({ phase }) => phase !== 'opening').map(({ id }) => id))
  }

  /** Partitions of all tasks held. */
  owned(): TopicPartition[] {
    return this.open.flatMap(({ description }) => partitionsRead(description))
  }

  compare(assignment: Assignment): TaskChange {
    const data = decodeAssignmentData(assignment.userData)
    this.joinRun(data.runId)
    this.ports.thread.reader?.placed(tasksByAddress(data))
    const assigned = new Set(assignment.partitions.map(partitionName))
    const wanted = this.ports.thread.prepared.plan.tasks.filter((task) =>
      task.inputs.every((input) => assigned.has(partitionName(input))),
    )
    const ids = new Set(wanted.map((task) => task.id))
    return {
      gained: wanted.filter((task) => !this.tasks.has(task.id)),
      revoked: this.ids.filter((id) => !ids.has(id)),
      departed: data.departed,
      copies: copiesIn(data),
    }
  }

  /** @throws MillraceError MR1005 when the group works at another bounded run than the one this worker was given */
  private joinRun(runId: string | null): void {
    const { bounded, graph, runId: own } = this.ports.thread
    if (bounded === null || runId === null || own.current === runId) return
    if (own.current !== null) throw otherRun(graph.app, own.current, runId)
    own.current = runId
  }

  /** The task takes records from now on. */
  admit(task: Task): void {
    if (task.phase !== 'opening') return
    task.phase = task.run?.done ? 'done' : 'running'
    task.activeAt = this.ports.thread.clock.now()
    if (task.stores.length > 0) this.ports.copies.noteLag(task.id, 0)
    if (task.phase === 'running') this.seek(task)
  }

  add(fetched: FetchedPartition): void {
    const entry = this.queues.get(partitionName(fetched))
    if (entry === undefined || entry.task.phase !== 'running') return
    entry.queue.add(fetched)
    if (entry.queue.bytes > entry.queue.mostBytes) this.pause(entry.queue)
  }

  /** What can't be read after several fetches stops its task, not the worker. @returns false for any other error */
  standBefore(error: unknown): boolean {
    const place = unreadablePartition(error)
    const entry = place === null ? undefined : this.queues.get(partitionName(place))
    if (entry === undefined) return false
    entry.queue.standBefore(error as Error)
    pauseBeforeUnreadable(entry.task)
    this.ports.fetcher.remove(entry.queue)
    return true
  }

  private pause(queue: PartitionQueue): boolean {
    if (this.paused.has(queue)) return false
    this.paused.add(queue)
    this.ports.fetcher.pause(queue)
    return true
  }

  /** Nothing more is fetched for a task that is too far ahead of others. */
  private hold(task: Task): void {
    if (!task.sourceQueues.map((queue) => this.pause(queue)).includes(true)) return
    publish('task.held', () => ({ task: task.id, watermark: task.watermark.value, holdAt: task.holdAt }))
  }

  /** A turn for every running task; `until` is when the event loop wants to have its own. @returns true when one of them has more to take */
  process(limit: number, until: number): boolean {
    this.isBusy = false
    this.until = until
    for (const task of this.inTurn()) {
      const processor = this.processors.get(task)!
      const taken = processor.run(limit)
      pauseBeforeUnreadable(task)
      if (task.paused !== null) this.operators.listen()
      if (taken > 0) this.noteActivity(task, taken)
      this.isBusy ||= processor.hasMore
      if (task.isHeld) this.hold(task)
      if (this.ports.thread.bounded !== null) this.finish(task, processor)
    }
    this.resumeQueues()
    return this.isBusy
  }

  /** Another one first each time, since the first may leave no time for the others. */
  private inTurn(): readonly Task[] {
    const { running } = this
    const first = this.turns++ % Math.max(1, running.length)
    return [...running.slice(first), ...running.slice(0, first)]
  }

  /** Answers that have come go on; where none is missing, what was held back for the commit may ask for more. */
  land(): void {
    for (const task of this.running) this.processors.get(task)!.land()
    if (!this.waits.isWaiting) this.waits.emitHeld()
  }

  /** What is due by the wall clock happens. */
  fireWallClocks(now: number): void {
    for (const task of this.running) this.processors.get(task)!.fireWallClock(now)
  }

  /** Time moved without a record. */
  sendTime(task: Task): void {
    this.processors.get(task)!.finish()
  }

  committed(): void {
    this.waits.committed()
    for (const task of this.tasks.values())
      if (task.phase === 'done') for (const queue of task.allQueues) this.ports.fetcher.remove(queue)
  }

  closeAll(ids: readonly string[]): void {
    this.close(this.open.filter((task) => ids.includes(task.id)))
  }

  close(tasks: readonly Task[]): void {
    for (const task of tasks) {
      task.close()
      this.tasks.delete(task.id)
      this.processors.delete(task)
      for (const queue of task.allQueues) {
        this.queues.delete(partitionName(queue))
        this.paused.delete(queue)
        this.ports.fetcher.remove(queue)
      }
    }
  }

  /** The last transaction is gone: every running task reads again from its last commit. */
  rewind(): void {
    for (const task of this.open) {
      task.rewind()
      if (task.phase === 'running') this.seek(task)
    }
  }

  /** Every task is opened anew from what Kafka holds. */
  reopen(): void {
    const descriptions = this.open.map((task) => task.description)
    this.close([...this.open])
    this.opening.openAll(descriptions, [])
  }

  /** A position lies outside the log: `outOfRange` decides, never a silent jump. @throws MillraceError MR2007 under `fail` */
  async resetPosition(error: KafkaError): Promise<void> {
    const { thread, fetcher } = this.ports
    const { kafka, outOfRange } = thread
    const entry = error.partition === null ? undefined : this.queues.get(partitionName(error.partition))
    if (outOfRange === 'fail' || entry === undefined) throw error
    const [start] = await kafka.offsets([entry.queue], outOfRange === 'earliest' ? 'earliest' : 'stable')
    entry.queue.moveTo(start!.offset)
    entry.task.touched = true
    fetcher.seek(entry.queue, start!.offset)
  }

  /**
   * State that can't be encoded is found at the commit, too late to know whose it is: the transaction is worked again
   * with stores that encode at every write, so that the record at fault fails by itself.
   * @returns false where that is no help
   */
  encodeEagerly(error: unknown): boolean {
    if (findFault(error)?.kind !== 'reject') return false
    // Every task has to switch: who wrote what is not known.
    const { outputs } = this.ports
    return this.open.map((task) => task.encodeEagerly((topic) => outputs.maxRecordBytes(topic))).includes(true)
  }

  private create(description: TaskDescription): Task {
    const { thread, outputs, failures, globals, copies } = this.ports
    const { reader } = thread
    const task = new Task(
      description,
      thread.prepared.plan,
      (owner) => taskEnvironment(owner, { thread, outputs, failures, globals }),
      (id, store) => {
        const rows = copies.open(id, store)
        return (
          reader?.open(
            seenStore(description, store, () => this.tasks.get(id)),
            rows,
          ) ?? rows
        )
      },
    )
    this.tasks.set(task.id, task)
    this.waits.watch(task)
    for (const queue of task.allQueues) this.queues.set(partitionName(queue), { task, queue })
    const ports = {
      rejected: failures.record.bind(failures),
      refused: failures.waited.bind(failures),
      holdAgain: failures.holdAgain.bind(failures),
      rateLimit: thread.deadLetters?.rateLimit ?? null,
      waiting: (owner: Task, queue: PartitionQueue, notReady: NotReady) => this.waitFor(owner, queue, notReady),
      settled: () => {
        thread.hand?.leave()
        outputs.sendFull()
      },
      now: () => thread.clock.now(),
      isTimeUp: () => thread.clock.monotonic() >= this.until,
      bounded: thread.bounded !== null,
      counters: thread.counters,
    }
    this.processors.set(task, new TaskProcessor(task, ports))
    return task
  }

  /** Heartbeats and the other tasks go on meanwhile; the partition is paused once enough of it is here. */
  private waitFor({ id }: Task, queue: PartitionQueue, notReady: NotReady): void {
    const { topic, partition, current } = queue
    const detail = { task: id, topic, partition, offset: current.offset, reason: notReady.message }
    publish('record.waiting', () => detail)
    void notReady.ready.then(() => {
      if (queue.release(notReady)) this.ports.wake()
    })
  }

  private seek(task: Task): void {
    for (const queue of task.allQueues) {
      this.paused.delete(queue)
      this.ports.fetcher.resume(queue)
      this.ports.fetcher.seek(queue, queue.position)
    }
  }

  private noteActivity(task: Task, taken: number): void {
    task.noteActivity(this.ports.thread.clock.now())
    this.ports.thread.counters.recordsIn += taken
  }

  private finish(task: Task, processor: TaskProcessor): void {
    if (!processor.finish()) return
    task.phase = 'done'
    task.touched = true
    task.run = { ...task.run!, done: true }
  }

  private resumeQueues(): void {
    for (const queue of this.paused) {
      if (queue.bytes > queue.mostBytes / 2 || this.isHeld(queue)) continue
      this.paused.delete(queue)
      this.ports.fetcher.resume(queue)
    }
  }

  /** Of a task that is too far ahead of others. */
  private isHeld(queue: PartitionQueue): boolean {
    const { task } = this.queues.get(partitionName(queue))!
    return task.isHeld && task.sourceQueues.includes(queue)
  }
}

function otherRun(app: string, own: string, present: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1005',
    what: `The group ${app} works at the bounded run ${present}, not at ${own}`,
    why: 'the workers of a group take part in one bounded run at a time',
    fix: `give this worker --run-id ${present}, or start it when that run has ended`,
  })
}

/** One thread's wheel: take assignments, fetch, process, commit, until it is stopped or its bounded run is through. */
import { sleep, turn } from '../clock.ts'
import type { Assignment, Fetcher, KafkaError, Membership, Transactions } from '../kafka/port.ts'
import { publish } from '../observe/events.ts'
import { topicNames } from '../topology/graph.ts'
import { CommitPace } from './async/commit-pace.ts'
import { RewindRequest } from './async/refusals.ts'
import { AtLeastOnce } from './commit/at-least-once.ts'
import { type CommitPorts, handOver, settle } from './commit/commit.ts'
import { CommitSchedule } from './commit/commit-schedule.ts'
import { Outputs } from './commit/emit.ts'
import { outputTopics } from './commit/output-topics.ts'
import { PurgeSchedule } from './commit/purge.ts'
import { CommitUnderWay } from './commit/under-way.ts'
import { newWork, type WorkCounts, workOf } from './counters.ts'
import { Failures, StopRequest } from './failures/failures.ts'
import { type GroupEvents, groupOptions } from './group/group.ts'
import { explainKafkaError } from './kafka-errors.ts'
import { outageMilliseconds, passesByItself, recoveryOf } from './recovery.ts'
import { type DueIn, Rest } from './rest.ts'
import type { GlobalTables } from './restore/global-tables.ts'
import { RunWatch } from './run-watch.ts'
import type { Thread } from './settings.ts'
import { Standbys } from './standbys/standbys.ts'
import { TaskSet } from './tasks/task-set.ts'
import { Pacing } from './time/pacing.ts'
import { MarkSender } from './time/send-marks.ts'
import { Turns } from './turns.ts'

/** With this much fetched and not processed, nothing more is asked for. */
const queuedBytes = 8_388_608

export class Worker {
  private readonly thread: Thread
  private readonly transactions: Transactions
  private readonly fetcher: Fetcher
  private readonly rest: Rest
  private readonly outputs: Outputs
  private readonly marks: MarkSender
  private readonly commitPorts: CommitPorts
  private readonly tasks: TaskSet
  private readonly watch: RunWatch
  private readonly purge: PurgeSchedule
  private readonly pace: CommitPace
  private readonly pacing: Pacing
  private readonly schedule: CommitSchedule
  private readonly turns: Turns
  private readonly standbys: Standbys
  private membership: Membership | null = null
  private readonly joining = new AbortController()
  /** Resolves when the loop is told to end. */
  private readonly ending = Promise.withResolvers<void>()
  private pending: { assignment: Assignment; resolve: (answer: 'stay' | 'rejoin') => void } | null = null
  private lost: KafkaError | null = null
  private failure: unknown = null
  private commitBeforeFailing = false
  /** True when nothing may be written before `init`. */
  private mustBegin = false
  /** What had been counted at the last commit. */
  private settled: WorkCounts = newWork()
  /** The next transaction gathers records behind it, and is sent when it is answered. */
  private underWay: { readonly commit: CommitUnderWay; readonly counted: WorkCounts } | null = null
  private stopping = false
  private isTurning = true

  constructor(thread: Thread, globals: GlobalTables) {
    const { kafka, transactionTimeout: timeout, compression } = thread
    this.thread = thread
    this.transactions =
      thread.guarantee === 'exactly-once'
        ? kafka.transactions(thread.transactionalId, { timeout, compression })
        : new AtLeastOnce(kafka, topicNames.progress(thread.graph.app), { compression })
    this.fetcher = kafka.fetcher({ isolation: 'read_committed' })
    this.rest = new Rest(this.fetcher)
    const wake = (): void => this.rest.wake()
    this.outputs = new Outputs(this.transactions, outputTopics(thread.prepared, thread.clock))
    this.marks = new MarkSender(thread, this.outputs, thread.prepared.plan)
    this.commitPorts = { thread, outputs: this.outputs, marks: this.marks }
    this.schedule = new CommitSchedule(thread.clock, thread.commitIntervalMilliseconds)
    const caughtUp = (): void => this.membership?.rejoin()
    this.standbys = new Standbys({ thread, caughtUp, failed: (error) => this.fail(error) })
    const failures = new Failures(thread, this.outputs)
    this.tasks = new TaskSet({
      thread,
      outputs: this.outputs,
      fetcher: this.fetcher,
      failures,
      globals,
      copies: this.standbys.copies,
      failed: (error) => this.fail(error),
      wake,
    })
    this.watch = new RunWatch(thread, (error) => this.fail(error), wake)
    this.purge = new PurgeSchedule(thread)
    this.pace = new CommitPace(thread.commitIntervalMilliseconds)
    this.pacing = new Pacing(thread, (error) => this.fail(error), wake)
    const { rest, tasks, marks, pacing, schedule, pace, purge } = this
    this.turns = new Turns({ thread, rest, tasks, marks, pacing, schedule, pace, purge })
  }

  /** Ends the loop at the next safe point: what was processed is committed. */
  stop(): void {
    this.stopping = true
    this.ending.resolve()
    this.joining.abort()
    this.rest.wake()
  }

  /**
   * Runs until stopped, or until the bounded run is through.
   * @throws MillraceError when it can't go on
   */
  async run(): Promise<void> {
    try {
      await this.transactions.init()
      const joining = this.thread.kafka.join(this.thread.graph.app, groupOptions(this.thread, this.groupEvents())).then(
        (membership) => {
          this.membership = membership
          this.rest.wake()
        },
        (error: unknown) => {
          if (this.isTurning && !this.stopping) this.fail(error)
        },
      )
      try {
        await this.turnWheel()
      } finally {
        this.isTurning = false
        this.joining.abort()
        this.pending?.resolve('stay')
        await joining
      }
      if (this.failure === null) await this.commitAll()
    } catch (error) {
      this.failure ??= error
    }
    await this.close()
    if (this.failure !== null) throw explain(this.failure, this.thread)
  }

  private groupEvents(): GroupEvents {
    return {
      signal: this.joining.signal,
      owned: () => this.tasks.owned(),
      lags: () => this.standbys.tellLags(this.tasks.ready),
      assigned: (assignment) =>
        new Promise((resolve) => {
          // Stopped while joining: nobody takes the assignment any more, and the member leaves next.
          if (!this.isTurning) return resolve('stay')
          this.pending = { assignment, resolve }
          this.rest.wake()
        }),
      lost: (error) => {
        this.lost = error
        this.rest.wake()
      },
    }
  }

  /** Ends the loop; what is not committed is taken back, and `run` throws the first such error. */
  fail(error: unknown): void {
    this.failure ??= error
    this.ending.resolve()
    this.rest.wake()
  }

  private async turnWheel(): Promise<void> {
    while (!this.stopping && this.failure === null) {
      this.standbys.copies.tick()
      if (this.hasNews) await this.attend()
      await this.fetch()
      this.process()
      // Work that is half done must not be committed.
      if (this.failure !== null) return
      // Kafka counts from the first record of a transaction: while answers are missing none is begun for this.
      if (!this.tasks.waits.isWaiting && this.schedule.takeSend()) this.outputs.sendEarly()
      await this.outputs.drain()
      if (this.commitIsDue()) await this.commitAnswered()
      if (await this.isThrough()) return
      this.purge.run(this.tasks.running)
    }
  }

  private get canAdmit(): boolean {
    return this.membership !== null && this.tasks.opening.hasOpened
  }

  /** True where something has come from beside the loop. */
  private get hasNews(): boolean {
    if (this.lost !== null || this.pending !== null || this.canAdmit) return true
    return this.underWay?.commit.isAnswered === true || this.outputs.isFull
  }

  private async attend(): Promise<void> {
    // The tasks will be others than those that were last looked at.
    this.rest.wake()
    if (this.underWay?.commit.isAnswered || this.outputs.isFull) await this.settle()
    if (this.lost !== null) await this.giveUpTasks(this.lost)
    if (this.pending !== null) await this.takeAssignment()
    if (this.canAdmit) await this.admitOpened()
  }

  private async fetch(): Promise<void> {
    await turn(this.thread.clock)
    // Tasks that can take nothing wait for an input that is still to come, however much lies before them.
    if (this.tasks.isBusy && this.tasks.queuedBytes > queuedBytes) return
    const dueIn = (): DueIn => this.turns.dueIn(this.membership !== null)
    const milliseconds = this.tasks.isBusy || this.tasks.waits.hasAnswers ? 0 : this.rest.span(dueIn)
    try {
      for (const fetched of await this.fetcher.poll({ milliseconds })) this.tasks.add(fetched)
    } catch (error) {
      await this.recover(error)
    }
  }

  private process(): void {
    try {
      this.turns.work()
    } catch (error) {
      this.stopAt(error)
    }
  }

  /** A `stop()` policy: what precedes the record is committed on the way out, unless work is half done. */
  private stopAt(error: unknown): void {
    if (!(error instanceof StopRequest)) throw error
    this.failure = error.fault
    this.commitBeforeFailing = !error.abort
  }

  private commitIsDue(): boolean {
    return this.membership !== null && (this.tasks.hasFinished || this.schedule.isDue)
  }

  /** A commit covers no record that waits for an answer: nothing more departs, and it comes when all have landed. */
  private async commitAnswered(): Promise<void> {
    this.tasks.waits.holdBack(true)
    this.pace.due(this.thread.clock.monotonic())
    if (!this.tasks.waits.isWaiting) await this.commit()
  }

  /** Commits, and goes on before Kafka has answered where that is safe. */
  private async commit(): Promise<void> {
    await this.settle()
    this.schedule.clear()
    this.pace.begin(this.thread.clock.monotonic())
    if (!(await this.landAll())) return
    // Once lost, the membership may be won again at any time, but the tasks are another's. Fenced, nothing may be written
    // before that is known.
    if (this.membership === null || this.lost !== null || this.mustBegin) return
    try {
      const handedOver = handOver(this.commitPorts, this.tasks.open, this.membership)
      if (handedOver !== null) {
        const commit = new CommitUnderWay(this.transactions, handedOver, () => this.rest.wake())
        this.underWay = { commit, counted: workOf(this.thread.counters) }
      }
    } catch (error) {
      await this.recover(error)
    }
    if (!this.tasks.areIndependent) await this.settle()
    this.tasks.waits.holdBack(false)
  }

  /** Everything that was done is committed, or taken back, when this resolves. */
  private async commitAll(): Promise<void> {
    await this.commit()
    await this.settle()
  }

  /** Waits for the commit that is under way, and does what its outcome demands. */
  private async settle(): Promise<void> {
    if (this.underWay === null) return
    const { commit, counted } = this.underWay
    // What is committed or taken back may be what a task waits for.
    this.rest.wake()
    try {
      const committedEnd = await commit.outcome()
      this.underWay = null
      settle(this.commitPorts, commit.handedOver, committedEnd)
      this.tasks.committed()
      this.settled = counted
    } catch (error) {
      this.underWay = null
      await this.recover(error)
    }
  }

  /** Waits for all answers that are under way. @returns false where what they led to was taken back */
  private async landAll(): Promise<boolean> {
    try {
      await this.tasks.waits.landAll(() => this.tasks.land())
      return true
    } catch (error) {
      if (!(error instanceof RewindRequest)) this.stopAt(error)
      await this.abort(error)
      return false
    }
  }

  /** Commits what is revoked, gives it up, opens what is gained; asks for another round when something was given up. */
  private async takeAssignment(): Promise<void> {
    const { assignment, resolve } = this.pending!
    const change = this.tasks.compare(assignment)
    if (change.revoked.length > 0) await this.commitAll()
    this.tasks.closeAll(change.revoked)
    this.marks.forget()
    publish('tasks.assigned', () => ({
      gained: change.gained.map(({ id }) => id),
      revoked: change.revoked,
      generation: assignment.generation,
    }))
    this.standbys.giveUp(change.copies)
    this.tasks.opening.openAll(change.gained, change.departed)
    this.standbys.follow(change.copies, this.tasks.ids)
    this.pending = null
    resolve(change.revoked.length > 0 ? 'rejoin' : 'stay')
  }

  /** Positions and ends that were resolved at opening are committed before the first record is taken. */
  private async admitOpened(): Promise<void> {
    const opened = this.tasks.opening.take()
    if (opened.some((task) => task.touched)) await this.commitAll()
    // A commit that failed left them as they were.
    this.tasks.opening.putBack(opened.filter((task) => task.touched))
    for (const task of opened) if (!task.touched) this.tasks.admit(task)
  }

  private async isThrough(): Promise<boolean> {
    if (this.thread.bounded === null || this.membership === null || this.pending !== null) return false
    if (this.underWay !== null || !this.tasks.allDone) return false
    return await this.watch.isThrough()
  }

  /** The group has gone on without this member: nothing of the open transaction may be committed. */
  private async giveUpTasks(error: KafkaError): Promise<void> {
    await this.settle()
    this.lost = null
    publish('tasks.lost', () => ({ tasks: this.tasks.ids, reason: error.reason }))
    this.tasks.close(this.tasks.open)
    if (error.reason === 'FENCED_INSTANCE_ID') throw error
    if (this.mustBegin) await this.begin()
    else await this.abort(error)
  }

  private async recover(error: unknown): Promise<void> {
    this.rest.wake()
    await this.settle()
    switch (recoveryOf(error)) {
      case 'rewind':
        return await this.abort(error)
      case 'reopen':
        return await this.beginAnew(error as KafkaError)
      case 'reset':
        return await this.tasks.resetPosition(error as KafkaError)
      case 'stop':
        if (this.tasks.standBefore(error)) return
        if (!this.tasks.encodeEagerly(error)) throw error
        return await this.abort(error)
    }
  }

  /** Nothing of the open transaction happened; where even the abort fails, the id starts anew. */
  private async abort(error: unknown): Promise<void> {
    this.rest.wake()
    this.forgetTransaction(error)
    try {
      if (this.transactions.open) await this.transactions.abort()
    } catch {
      this.mustBegin = true
      await this.begin()
      return this.tasks.reopen()
    }
    this.tasks.rewind()
  }

  /**
   * What became of the last transaction is unknown, or another fenced it: begin anew and read everything back. Fenced,
   * only once a later heartbeat has shown that we are still the owner (rule L1): else two would fence each other for ever.
   */
  private async beginAnew(error: KafkaError): Promise<void> {
    this.forgetTransaction(error)
    this.mustBegin = true
    if (error.fault === 'fenced' && !(await this.isStillMember())) return
    await this.begin()
    this.tasks.reopen()
  }

  /** While Kafka can't be reached there is nothing else to do: a worker outlives that. */
  private async begin(): Promise<void> {
    while (this.mustBegin) {
      try {
        await this.transactions.init()
        this.mustBegin = false
      } catch (error) {
        if (this.stopping || this.failure !== null || !passesByItself(error)) throw error
        await sleep(this.thread.clock, outageMilliseconds)
      }
    }
  }

  private async isStillMember(): Promise<boolean> {
    try {
      // Whoever ends can't wait for a coordinator that may be out of reach.
      await Promise.race([this.membership?.confirm(), this.ending.promise])
      return this.lost === null && !this.stopping && this.failure === null
    } catch {
      return false
    }
  }

  private forgetTransaction(error: unknown): void {
    const { transactionalId } = this.thread
    publish('transaction.aborted', () => ({
      transactionalId,
      reason: error instanceof Error ? error.message : String(error),
    }))
    Object.assign(this.thread.counters, this.settled)
    this.thread.counters.aborts++
    this.schedule.clear()
    this.outputs.reset()
    this.marks.forget()
  }

  /** Each step whatever became of the one before: a member that does not leave would hold its tasks for ever. */
  private async close(): Promise<void> {
    const steps = [
      async () => {
        if (this.commitBeforeFailing) await this.commitAll()
        else await this.settle()
        if (this.transactions.open) await this.transactions.abort()
      },
      async () => this.tasks.close(this.tasks.open),
      () => this.standbys.end(),
    ]
    for (const step of steps) {
      await step().catch((error: unknown) => {
        this.failure ??= error
      })
    }
    await this.membership?.leave()
    const parts = [this.transactions, this.fetcher, this.watch, this.pacing, this.tasks.operators]
    await Promise.allSettled(parts.map((part) => part.close()))
  }
}

function explain(error: unknown, thread: Thread): unknown {
  return explainKafkaError(error, `topology ${thread.graph.app}, ${thread.transactionalId}`)
}

/** What the tasks of a thread do in one turn of its wheel, and when they have something to do again. */
import type { CommitPace } from './async/commit-pace.ts'
import type { CommitSchedule } from './commit/commit-schedule.ts'
import type { PurgeSchedule } from './commit/purge.ts'
import type { DueIn, Rest } from './rest.ts'
import type { Thread } from './settings.ts'
import type { TaskSet } from './tasks/task-set.ts'
import { IdleTime } from './time/idle-time.ts'
import type { Pacing } from './time/pacing.ts'
import type { MarkSender } from './time/send-marks.ts'

/** Records of one task before another gets its turn. */
const turnRecords = 1_000
/** Processing gives way to the network after this long, milliseconds. */
const sliceMilliseconds = 10

interface TurnPorts {
  readonly thread: Thread
  readonly tasks: TaskSet
  readonly rest: Rest
  readonly marks: MarkSender
  readonly pacing: Pacing
  readonly schedule: CommitSchedule
  readonly pace: CommitPace
  readonly purge: PurgeSchedule
}

export class Turns {
  private readonly ports: TurnPorts
  private readonly idleTime: IdleTime

  constructor(ports: TurnPorts) {
    this.ports = ports
    this.idleTime = new IdleTime(ports.thread, () => ports.rest.wake())
  }

  /** One slice of work; when no task has anything left to take, time may still move. */
  work(): void {
    const { clock } = this.ports.thread
    this.ports.rest.looked()
    const until = clock.monotonic() + sliceMilliseconds
    while (this.takeTurns(until)) {
      this.scheduleCommit()
      if (clock.monotonic() < until) continue
      this.ports.rest.wake()
      return
    }
    this.moveIdleTime()
    this.scheduleCommit()
  }

  /** All that may be to do without anything having come: who waits for something else is told of it (`Rest.wake`). */
  dueIn(isMember: boolean): DueIn {
    const { thread, tasks, schedule, purge } = this.ports
    const { running } = tasks
    const marks = running.map((task) => (task.touched ? Number.POSITIVE_INFINITY : this.ports.marks.dueIn(task)))
    const commit = isMember ? schedule.dueIn(tasks.waits.isWaiting) : Number.POSITIVE_INFINITY
    return {
      wallClock: Math.min(tasks.wakesAt - thread.clock.now(), this.idleTime.dueIn(running)),
      monotonic: Math.min(commit, purge.dueIn, ...marks),
    }
  }

  /** @returns true when a task has more to take */
  private takeTurns(until: number): boolean {
    const { thread, tasks, pacing } = this.ports
    tasks.fireWallClocks(thread.clock.now())
    pacing.pace(tasks.open)
    const hasMore = tasks.process(turnRecords, until)
    return pacing.pace(tasks.open) || hasMore
  }

  private moveIdleTime(): void {
    const { tasks, marks, rest } = this.ports
    const { running } = tasks
    for (const task of this.idleTime.move(running)) {
      tasks.sendTime(task)
      // Others may have been held back until then.
      rest.wake()
    }
    for (const task of running) if (!task.touched && marks.dueIn(task) <= 0) task.touched = true
  }

  private scheduleCommit(): void {
    const { tasks, schedule, pace, pacing } = this.ports
    if (tasks.isTouched) schedule.begin(pace.next)
    if (pacing.hasNews) schedule.hasten()
  }
}

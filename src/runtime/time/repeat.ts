/** Takes the decisions that a recording has for where a task stands, instead of its own (`semantics.md` 2.7). */
import { partitionName } from '../../record.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import type { Task } from '../tasks/task.ts'
import type { Decision } from './decisions.ts'
import type { Merge } from './merge.ts'
import { hasReached } from './recording.ts'

export interface RepeaterPorts {
  readonly task: Task
  readonly merge: Merge
  /** Decodes and stamps the head of a queue. */
  fill(queue: PartitionQueue): void
  /** Operators are told the time. */
  tellWallClock(now: number): void
  /** Time moved without a record. */
  finish(): void
  /** Wall clock, milliseconds. */
  now(): number
}

export class Repeater {
  private readonly ports: RepeaterPorts

  constructor(ports: RepeaterPorts) {
    this.ports = ports
  }

  replay(): void {
    do this.repeatDue()
    while (this.fillOnce())
    // Positions have passed what is no record: more may be due.
    this.repeatDue()
    this.ports.task.leaveReplay()
  }

  private repeatDue(): void {
    const { task } = this.ports
    for (let due = task.recordedDecision(); due !== null; due = task.recordedDecision()) this.repeat(due)
    for (const queue of task.queues) if (this.isBack(queue)) this.comeBack(queue)
  }

  /** The next record of each queue that is there; @returns true when one was refused, or was none */
  private fillOnce(): boolean {
    const { task, merge } = this.ports
    let moved = false
    for (const queue of task.queues) {
      if (merge.leftOutUntil(queue.index) !== null) continue
      const { position } = queue
      this.ports.fill(queue)
      moved ||= queue.position !== position
    }
    return moved
  }

  private isBack(queue: PartitionQueue): boolean {
    const until = this.ports.merge.leftOutUntil(queue.index)
    return until !== null && hasReached(this.ports.task.queues, until)
  }

  private comeBack(queue: PartitionQueue): void {
    const { task, merge } = this.ports
    task.decisions.end(queue.index, task.moment(this.ports.now()), null)
    merge.leaveOut(queue.index, null)
    if (queue.ready) task.watermark.head(queue.index, queue.head.time)
  }

  private repeat(decision: Exclude<Decision, { kind: 'lead' }>): void {
    switch (decision.kind) {
      case 'clock':
        if (this.ports.task.advanceClock(decision.after, decision.wallTime)) this.ports.finish()
        return
      case 'timer':
        this.ports.tellWallClock(decision.wallTime)
        return
      case 'absence':
        this.leaveOut(decision)
    }
  }

  private leaveOut({ input, until, wallTime }: Extract<Decision, { kind: 'absence' }>): void {
    const { task, merge } = this.ports
    const queue = task.queues.find((each) => partitionName(each) === input)
    if (queue === undefined || hasReached(task.queues, until)) return
    merge.leaveOut(queue.index, until)
    task.watermark.head(queue.index, null)
    if (!task.decisions.isAbsent(queue.index)) task.decisions.begin(task.moment(wallTime), queue.index)
  }
}

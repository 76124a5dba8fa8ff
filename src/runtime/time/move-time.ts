/** How time goes through a task's graph without a record. */
import { noRecord } from '../async/staged-marks.ts'
import type { Task } from '../tasks/task.ts'
import { smallestSent } from './later-rounds.ts'

/** Time mark W through the graph: closes what it has passed; behind it those of what has been round a circle. */
export function sendMark(task: Task): void {
  sendFirst(task)
  task.laterRounds?.send(task)
}

function sendFirst(task: Task): void {
  if (task.flights !== null) {
    task.marks.send(task, task.flights)
    task.sentMark = task.marks.first
    return
  }
  const mark = task.watermark.value
  if (mark <= task.sentMark) return
  task.sentMark = mark
  task.touched = true
  task.context.leave()
  task.graph.advance(mark)
  task.undo.forget()
}

/** Operators are told the wall clock's time: a decision, so that a replay tells them the same. */
export function tellWallClock(task: Task, now: number): void {
  const moment = task.moment(now)
  task.context.leave()
  task.graph.fireWallClock(now)
  task.flights?.depart(noRecord, smallestSent(task))
  task.undo.forget()
  task.decisions.timer(moment)
  task.touched = true
}

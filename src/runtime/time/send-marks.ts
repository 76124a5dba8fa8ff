/** Sends the tasks' time marks through repartition topics, behind the data of the same transaction (`semantics.md` 2.8). */
import type { Outputs } from '../commit/emit.ts'
import type { Plan } from '../plan.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import { encodeMarks, type Mark } from './marks.ts'

/** A partition without data hears of time this often, so that many writers and partitions don't multiply. */
const quietInterval = 1_000

interface Receiver {
  readonly topic: string
  readonly partition: number
  /** What each task last sent there, committed. */
  readonly sent: Map<string, Mark>
  /** Sent in the open transaction. */
  readonly sending: Map<string, Mark>
  quietUntil: number
}

export class MarkSender {
  private readonly thread: Thread
  private readonly outputs: Outputs
  private readonly receivers = new Map<string, readonly Receiver[]>()

  constructor(thread: Thread, outputs: Outputs, plan: Plan) {
    this.thread = thread
    this.outputs = outputs
    for (const { kind, name } of thread.graph.internal) {
      if (kind !== 'repartition') continue
      const receivers = Array.from({ length: plan.partitions.get(name)! }, (_, partition) => ({
        topic: name,
        partition,
        sent: new Map(),
        sending: new Map(),
        quietUntil: 0,
      }))
      this.receivers.set(name, receivers)
    }
  }

  /** Milliseconds until a quiet partition is due to hear that a task's mark has moved; +Infinity while none has. */
  dueIn(task: Task): number {
    let dueAt = Number.POSITIVE_INFINITY
    for (const [topic, mark] of marksOf(task)) {
      for (const { sent, quietUntil } of this.receivers.get(topic)!)
        if (quietUntil < dueAt && sent.get(task.id) !== mark) dueAt = quietUntil
    }
    return dueAt - this.thread.clock.monotonic()
  }

  /** Appends one record to each partition that is to hear of moved marks. Call after all data of the transaction. */
  write(tasks: readonly Task[]): void {
    const now = this.thread.clock.monotonic()
    const marks = new Map<string, [string, Mark][]>()
    for (const task of tasks) {
      for (const [topic, mark] of marksOf(task)) {
        const list = marks.get(topic) ?? []
        list.push([task.id, mark])
        marks.set(topic, list)
      }
    }
    for (const [topic, list] of marks)
      for (const receiver of this.receivers.get(topic)!) this.writeTo(receiver, list, now)
  }

  /** The transaction is committed. */
  remember(): void {
    for (const receivers of this.receivers.values()) {
      for (const { sent, sending } of receivers) {
        for (const [task, mark] of sending) sent.set(task, mark)
        sending.clear()
      }
    }
  }

  /** The transaction is gone, or tasks have moved: what was sent is told again. */
  forget(): void {
    for (const receivers of this.receivers.values()) {
      for (const receiver of receivers) {
        receiver.sent.clear()
        receiver.sending.clear()
        receiver.quietUntil = 0
      }
    }
  }

  private writeTo(receiver: Receiver, list: readonly [string, Mark][], now: number): void {
    const moved = list.filter(([task, mark]) => receiver.sent.get(task) !== mark)
    const urgent = this.outputs.wroteTo(receiver.topic, receiver.partition) || moved.some(([, mark]) => mark === 'end')
    if (moved.length === 0 || (!urgent && now < receiver.quietUntil)) return
    receiver.quietUntil = now + quietInterval
    for (const [task, mark] of moved) receiver.sending.set(task, mark)
    const header = encodeMarks({ runId: this.thread.runId.current, marks: moved })
    this.outputs.append(null, receiver.topic, receiver.partition, this.thread.clock.now(), null, null, [header])
  }
}

/** The marks a task has to tell, by repartition topic. A finite mark below 0 says nothing. */
function marksOf(task: Task): [topic: string, mark: Mark][] {
  const marks: [string, Mark][] = []
  for (const [topic, mark] of task.graph.sinkMarks) {
    if (mark === Number.POSITIVE_INFINITY) marks.push([topic, 'end'])
    else if (task.isIdleBefore(topic)) marks.push([topic, 'idle'])
    else if (mark >= 0) marks.push([topic, mark])
  }
  return marks
}

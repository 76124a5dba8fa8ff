/** One commit of one thread: reads, writes, state, time and positions become one transaction. */
import type { MemberIdentity, PartitionOffset, Transactions } from '../../kafka/port.ts'
import { publish } from '../../observe/events.ts'
import { topicNames } from '../../topology/graph.ts'
import { StopRequest } from '../failures/failures.ts'
import type { Thread } from '../settings.ts'
import type { Checkpoint, Task } from '../tasks/task.ts'
import type { MarkSender } from '../time/send-marks.ts'
import type { Outputs } from './emit.ts'
import { encodeProgress, progressKeys } from './progress.ts'
import type { CommittedEnd, Sent } from './sent.ts'

export interface CommitPorts {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly marks: MarkSender
}

/** A transaction that is whole and on its way; what tasks do meanwhile belongs to the next one. */
export interface HandedOver {
  readonly tasks: ReadonlyMap<Task, Checkpoint>
  readonly sent: Sent
  readonly member: MemberIdentity
}

/**
 * Hands over everything the tasks did since the last commit: nothing of it may change any more.
 * @returns null where they did nothing
 */
export function handOver(ports: CommitPorts, tasks: readonly Task[], membership: MemberIdentity): HandedOver | null {
  const touched = tasks.filter((task) => task.touched)
  if (touched.length === 0) return null
  // As it is now: a request repeated after the membership was lost and won again would else be accepted for tasks that
  // another has had in between (rule R7).
  const { group, memberId, generation, instanceId } = membership
  const { transactionalId } = ports.thread
  publish('commit.started', () => ({ transactionalId, tasks: touched.length }))
  // 1 sinks outside Kafka would be asked to flush here; this release has none
  const checkpoints = writeTransaction(ports, touched)
  return { tasks: checkpoints, sent: ports.outputs.handOver(), member: { group, memberId, generation, instanceId } }
}

/**
 * Commits what was handed over. Whatever fails before step 4's answer is known leaves the local state as it was: the
 * caller aborts and rewinds, or restores when the outcome is unknown (rule R5).
 * @throws KafkaError as `Transactions` does
 */
export async function confirm(transactions: Transactions, { tasks, sent, member }: HandedOver): Promise<CommittedEnd> {
  // 4 positions and generation, then the end of the transaction: two round trips under protocol 2
  await transactions.offsets(member, [...tasks.values()].flatMap(positionsOf))
  sent.check()
  await transactions.commit()
  return await sent.committedEnds()
}

/** 5 the local store, only when it is known that the transaction is committed. */
export function settle(
  { thread, outputs, marks }: CommitPorts,
  { tasks }: HandedOver,
  committedEnd: CommittedEnd,
): void {
  for (const [task, checkpoint] of tasks) if (task.phase !== 'closed') task.remember(checkpoint, committedEnd)
  outputs.release()
  marks.remember()
  thread.counters.commits++
  publish('commit.ended', () => ({ transactionalId: thread.transactionalId, tasks: tasks.size }))
}

/** Steps 2 and 3: all that the transaction holds, handed over to be sent; and where it leaves each task. */
export function writeTransaction(ports: CommitPorts, tasks: readonly Task[]): Map<Task, Checkpoint> {
  // what operators held back for the commit comes out: it may change state
  for (const task of tasks) emitHeld(task)
  // 2 changelog rows of what changed since the last commit
  for (const task of tasks) writeChangelogs(task, ports.outputs)
  // 3 outputs, time marks, progress
  ports.marks.write(tasks)
  const checkpoints = new Map(tasks.map((task) => [task, writeProgress(ports, task)]))
  ports.outputs.sendAll()
  return checkpoints
}

/** A row that must not be lost ends the worker here: what it failed with is told, and nothing is committed. */
function emitHeld(task: Task): void {
  try {
    task.beforeCommit()
    task.failing.check()
  } catch (error) {
    throw error instanceof StopRequest ? error.fault : error
  }
}

/** Every input partition of a task, also one that has not moved (rule R4). */
function positionsOf({ positions }: Checkpoint): PartitionOffset[] {
  return [...positions].map(([{ topic, partition }, offset]) => ({ topic, partition, offset }))
}

function writeChangelogs(task: Task, outputs: Outputs): void {
  const { partition } = task.description
  for (const { spec, store } of task.stores) {
    const changelog = outputs.to(spec.changelog)[partition]!
    store.flush((key, value, time, headers) => changelog.append(null, time, key, value, headers))
    outputs.sendFull()
  }
}

function writeProgress({ thread, outputs }: CommitPorts, task: Task): Checkpoint {
  const topic = topicNames.progress(thread.graph.app)
  const { partition } = task.description
  const now = thread.clock.now()
  const write = (key: string, value: string): void => outputs.append(null, topic, partition, now, key, value)
  for (const decision of task.decisions.pending) {
    write(progressKeys.decision(task.id, decision.sequence), JSON.stringify(decision))
  }
  const checkpoint = task.handOver()
  write(progressKeys.task(task.id), encodeProgress(checkpoint.progress))
  return checkpoint
}

/** One commit of one thread: reads, writes, state, time and positions become one transaction. */
import type { MemberIdentity, PartitionOffset, Transactions } from '../../kafka/port.ts'
import { publish } from '../../observe/events.ts'
import { topicNames } from '../../topology/graph.ts'
import { StopRequest } from '../failures/failures.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import type { MarkSender } from '../time/send-marks.ts'
import type { Outputs } from './emit.ts'
import { encodeProgress, progressKeys } from './progress.ts'

export interface CommitPorts {
  readonly thread: Thread
  readonly transactions: Transactions
  readonly outputs: Outputs
  readonly marks: MarkSender
}

/**
 * Commits everything the tasks did since the last commit. Whatever fails before step 4's answer is known leaves the
 * local state as it was: the caller aborts and rewinds, or restores when the outcome is unknown (rule R5).
 * @throws KafkaError as `Transactions` does
 */
export async function commitTasks(
  ports: CommitPorts,
  tasks: readonly Task[],
  membership: MemberIdentity,
): Promise<void> {
  const { thread, transactions, outputs, marks } = ports
  const touched = tasks.filter((task) => task.touched)
  if (touched.length === 0) return
  const { transactionalId } = thread
  // As it is now: a request repeated after the membership was lost and won again would else be accepted for tasks that
  // another has had in between (rule R7).
  const { group, memberId, generation, instanceId } = membership
  publish('commit.started', () => ({ transactionalId, tasks: touched.length }))
  // 1 sinks outside Kafka would be asked to flush here; this release has none
  writeTransaction(ports, touched)
  // 4 positions and generation, then the end of the transaction: two round trips under protocol 2
  await transactions.offsets({ group, memberId, generation, instanceId }, touched.flatMap(positionsOf))
  outputs.check()
  await transactions.commit()
  // 5 the local store, only now
  const committedEnd = await outputs.committedEnds()
  for (const task of touched) if (task.phase !== 'closed') task.remember(committedEnd)
  outputs.reset()
  marks.remember()
  thread.counters.commits++
  publish('commit.ended', () => ({ transactionalId, tasks: touched.length }))
}

/** Steps 2 and 3: all that the transaction holds, handed over to be sent. */
export function writeTransaction(ports: Omit<CommitPorts, 'transactions'>, tasks: readonly Task[]): void {
  // what operators held back for the commit comes out: it may change state
  for (const task of tasks) emitHeld(task)
  // 2 changelog rows of what changed since the last commit
  for (const task of tasks) writeChangelogs(task, ports.outputs)
  // 3 outputs, time marks, progress
  ports.marks.write(tasks)
  for (const task of tasks) writeProgress(ports, task)
  ports.outputs.sendAll()
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
function positionsOf(task: Task): PartitionOffset[] {
  return task.allQueues.map(({ topic, partition, position }) => ({ topic, partition, offset: position }))
}

function writeChangelogs(task: Task, outputs: Outputs): void {
  const { partition } = task.description
  for (const { spec, store } of task.stores) {
    store.flush((key, value, time, headers) => {
      outputs.append(null, spec.changelog, partition, time, key, value, headers)
    })
    outputs.sendFull()
  }
}

function writeProgress({ thread, outputs }: Omit<CommitPorts, 'transactions'>, task: Task): void {
  const topic = topicNames.progress(thread.graph.app)
  const { partition } = task.description
  const now = thread.clock.now()
  for (const decision of task.decisions.pending) {
    outputs.append(
      null,
      topic,
      partition,
      now,
      progressKeys.decision(task.id, decision.sequence),
      JSON.stringify(decision),
    )
  }
  outputs.append(null, topic, partition, now, progressKeys.task(task.id), encodeProgress(task.progress()))
}

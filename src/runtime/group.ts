/** The thread's part in the consumer group: says what it holds, leads when asked to, and hands assignments to the worker. */
import type { Assignment, GroupMember, GroupMemberOptions, KafkaError, MemberAssignment } from '../kafka/port.ts'
import { randomName } from '../random.ts'
import type { TopicPartition } from '../record.ts'
import { topicNames } from '../topology/graph.ts'
import { assignTasks, decodeMemberData, encodeMemberData } from './assign.ts'
import { readProgress } from './open.ts'
import type { Progress } from './progress.ts'
import type { Thread } from './settings.ts'

export interface GroupEvents {
  /** Partitions of the tasks held, as claimed in the next JoinGroup. */
  owned(): readonly TopicPartition[]
  assigned(assignment: Assignment): Promise<'stay' | 'rejoin'>
  lost(error: KafkaError): void
  /** Gives up joining. */
  readonly signal: AbortSignal
}

export function groupOptions(thread: Thread, events: GroupEvents): GroupMemberOptions {
  const leader = new Leader(thread)
  const topics = [...new Set(thread.graph.subTopologies.flatMap((each) => each.sources.map((source) => source.topic)))]
  return {
    topics,
    instanceId: thread.instanceId,
    sessionTimeout: thread.sessionTimeout,
    rebalanceTimeout: { seconds: 60 },
    protocolName: 'millrace',
    signal: events.signal,
    claim: () => ({ owned: events.owned(), userData: encodeMemberData(memberData(thread)) }),
    assign: (members) => leader.assign(members),
    assigned: (assignment) => events.assigned(assignment),
    lost: (error) => events.lost(error),
  }
}

function memberData(thread: Thread): { transactionalId: string; hash: string; runId: string | null } {
  return { transactionalId: thread.transactionalId, hash: thread.graph.hash, runId: thread.runId.current }
}

class Leader {
  private readonly thread: Thread
  /** Transactional ids of the members of the last generation. */
  private known = new Set<string>()

  constructor(thread: Thread) {
    this.thread = thread
  }

  async assign(members: readonly GroupMember[]): Promise<ReadonlyMap<string, MemberAssignment>> {
    const data = members.map((member) => decodeMemberData(member.userData))
    const present = new Set(data.map(({ transactionalId }) => transactionalId))
    const departed = [...this.known].filter((id) => !present.has(id))
    this.known = present
    const given = data.map((each) => each.runId).find((id) => id !== null) ?? null
    const runId =
      this.thread.bounded === null ? null : (given ?? (await this.unfinishedRun()) ?? randomName(this.thread.random))
    const { graph, prepared } = this.thread
    return assignTasks(prepared.plan.tasks, members, graph.hash, { runId, departed })
  }

  /** A bounded run that some task has begun and not every task has finished. */
  private async unfinishedRun(): Promise<string | null> {
    const { kafka, graph, prepared } = this.thread
    const progress = await readProgress(kafka, graph.app, prepared.plan.partitions.get(topicNames.progress(graph.app))!)
    for (const { run } of progress.values()) {
      if (run !== null && !isFinished(run.id, prepared.plan.taskIds, progress)) return run.id
    }
    return null
  }
}

/** True when every task has committed that it is through with this run. */
export function isFinished(
  runId: string,
  tasks: ReadonlySet<string>,
  progress: ReadonlyMap<string, Progress>,
): boolean {
  for (const task of tasks) {
    const run = progress.get(task)?.run
    if (run?.id !== runId || !run.done) return false
  }
  return true
}

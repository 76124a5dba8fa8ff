/** The thread's part in the consumer group: says what it holds, leads when asked to, and hands assignments to the worker. */
import type { Assignment, GroupMember, GroupMemberOptions, KafkaError, MemberAssignment } from '../../kafka/port.ts'
import { randomName } from '../../random.ts'
import type { TopicPartition } from '../../record.ts'
import { topicNames } from '../../topology/graph.ts'
import type { Progress, RunProgress } from '../commit/progress.ts'
import type { Thread } from '../settings.ts'
import { readProgress } from '../tasks/open.ts'
import { assignTasks, decodeAssignmentData, decodeMemberData, encodeMemberData, type MemberData } from './assign.ts'
import { changelogSizes } from './changelog-sizes.ts'
import { findLeftovers } from './leftovers.ts'
import { copyTerms, type PlacementTerms } from './placement.ts'
import { listLags } from './task-lists.ts'

export interface GroupEvents {
  /** Partitions of the tasks held, as claimed in the next JoinGroup. */
  owned(): readonly TopicPartition[]
  /** Of what it has of the state of tasks that it is not at work on; asked when that is told. */
  lags(): ReadonlyMap<string, number>
  assigned(assignment: Assignment): Promise<'stay' | 'rejoin'>
  lost(error: KafkaError): void
  /** Gives up joining. */
  readonly signal: AbortSignal
}

export function groupOptions(thread: Thread, events: GroupEvents): GroupMemberOptions {
  const leader = new Leader(thread)
  const topics = thread.graph.subTopologies.flatMap(({ sources, reentries }) =>
    [...sources, ...reentries].map(({ topic }) => topic),
  )
  return {
    topics: [...new Set(topics)],
    instanceId: thread.instanceId,
    sessionTimeout: thread.sessionTimeout,
    rebalanceTimeout: { seconds: 60 },
    protocolName: 'millrace',
    signal: events.signal,
    claim: () => ({ owned: events.owned(), userData: encodeMemberData(memberData(thread, events.lags())) }),
    assign: (members) => leader.assign(members),
    async assigned(assignment) {
      const answer = await events.assigned(assignment)
      return decodeAssignmentData(assignment.userData).givesUp ? 'rejoin' : answer
    },
    lost: (error) => events.lost(error),
  }
}

function memberData(thread: Thread, lags: ReadonlyMap<string, number>): MemberData {
  const { transactionalId, graph, bounded, runId, reader, instance, state } = thread
  return {
    transactionalId,
    hash: graph.hash,
    isBounded: bounded !== null,
    runId: runId.current,
    instance,
    ...(state?.isShared && { sharesRows: true }),
    ...(lags.size > 0 && { lags: listLags(lags) }),
    ...(reader && { address: reader.address }),
  }
}

class Leader {
  private readonly thread: Thread
  /** Transactional ids of the members of the last generation; null before we led one. */
  private known: ReadonlySet<string> | null = null

  constructor(thread: Thread) {
    this.thread = thread
  }

  async assign(members: readonly GroupMember[]): Promise<ReadonlyMap<string, MemberAssignment>> {
    const data = members.map((member) => decodeMemberData(member.userData))
    const present = new Set(data.map(({ transactionalId }) => transactionalId))
    const departed = await this.departedFrom(present)
    this.known = present
    const runId = data.some(({ isBounded }) => isBounded) ? await this.runOf(data) : null
    const { graph, prepared } = this.thread
    return assignTasks(prepared.plan.tasks, members, graph.hash, { runId, departed }, await this.terms(members))
  }

  /** Who is alone gets everything, whatever it has of it. */
  private async terms({ length }: readonly GroupMember[]): Promise<PlacementTerms> {
    const { kafka, prepared, copies = copyTerms() } = this.thread
    const sizes = length > 1 ? await changelogSizes(kafka, prepared.plan.tasks) : new Map<string, number>()
    return { ...copies, sizes }
  }

  private async departedFrom(present: ReadonlySet<string>): Promise<string[]> {
    const { kafka, graph, clock } = this.thread
    if (this.known === null) return findLeftovers(kafka, graph.app, present, clock)
    return [...this.known].filter((id) => !present.has(id))
  }

  /** The run in progress comes before those that members ask for. */
  private async runOf(members: readonly MemberData[]): Promise<string> {
    const given = new Set(members.flatMap(({ runId }) => (runId === null ? [] : [runId])))
    if (given.size === 1) return [...given][0]!
    const unfinished = await this.unfinishedRun()
    // Whoever was given another one is told so.
    if (unfinished !== null && (given.size === 0 || given.has(unfinished))) return unfinished
    return [...given].sort()[0] ?? randomName(this.thread.random)
  }

  /** A bounded run that some task has begun and not every task has finished. */
  private async unfinishedRun(): Promise<string | null> {
    const { kafka, graph, prepared } = this.thread
    const progress = await readProgress(kafka, graph.app, prepared.plan.partitions.get(topicNames.progress(graph.app))!)
    return unfinishedIn(progress)
  }
}

/**
 * The latest run, if not all the tasks it began with are through: a topology that has grown since leaves no finished
 * run open, and a run only begins when the one before has ended.
 */
export function unfinishedIn(progress: ReadonlyMap<string, Progress>): string | null {
  const runs = [...progress.values()].flatMap(({ run }) => (run === null ? [] : [run]))
  const latest = runs.reduce<RunProgress | null>(
    (best, run) => (best && best.startedAt >= run.startedAt ? best : run),
    null,
  )
  if (latest === null) return null
  const done = runs.filter(({ id, done }) => id === latest.id && done).length
  return done < latest.tasks ? latest.id : null
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

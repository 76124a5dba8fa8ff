/** Keeps this thread's tasks in step with all others: those here are asked, those elsewhere have committed how far they are. */
import { partitionsOfTopic } from '../record.ts'
import { topicNames } from '../topology/graph.ts'
import { align, committedPace, maxDriftOf, type Pace } from './alignment.ts'
import { progressOfRow } from './progress.ts'
import { type Follower, follow } from './restore.ts'
import type { Thread } from './settings.ts'
import type { Task } from './task.ts'

export class Pacing {
  private readonly thread: Thread
  private readonly failed: (error: unknown) => void
  private readonly paces = new Map<string, Pace>()
  /** True where a source of the topology has a `maxDrift`. */
  private readonly isAsked: boolean
  private follower: Promise<Follower> | null = null

  /** @param failed told when the progress of others can't be followed any more */
  constructor(thread: Thread, failed: (error: unknown) => void) {
    this.thread = thread
    this.failed = failed
    this.isAsked = thread.prepared.plan.tasks.some((task) => maxDriftOf(task) !== null)
  }

  /**
   * Says to the tasks here how far they may go, and to those elsewhere how far these are.
   * @returns true when one may go on that could not
   */
  pace(open: readonly Task[]): boolean {
    if (!this.isAsked) return false
    this.follower ??= this.begin()
    const tasks = open.filter(({ phase }) => phase === 'running' || phase === 'done')
    // Who waits for one elsewhere has to hear that it need not, also when nothing else is to commit.
    for (const task of tasks) if (task.phase === 'running' && task.isQuiet !== task.saidQuiet) task.touched = true
    return align(tasks, this.thread.prepared.plan.tasks, (task) => this.paces.get(task) ?? null)
  }

  async close(): Promise<void> {
    await (await this.follower?.catch(() => null))?.close()
  }

  private begin(): Promise<Follower> {
    const { kafka, graph, prepared } = this.thread
    const topic = topicNames.progress(graph.app)
    const partitions = partitionsOfTopic(topic, prepared.plan.partitions.get(topic)!)
    const follower = follow(
      kafka,
      partitions,
      (_partition, key, value) => {
        const row = progressOfRow(key, value)
        if (row !== null) this.paces.set(row[0], committedPace(row[1]))
      },
      this.failed,
    )
    follower.catch(this.failed)
    return follower
  }
}

/** Keeps this thread's tasks in step with all others: those here are asked, those elsewhere have committed how far they are. */
import { partitionsOfTopic } from '../../record.ts'
import { topicNames } from '../../topology/graph.ts'
import { progressOfRow } from '../commit/progress.ts'
import { type Follower, follow } from '../restore/restore.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import { align, committedPace, maxDriftOf, type Pace } from './alignment.ts'

export class Pacing {
  private readonly thread: Thread
  private readonly failed: (error: unknown) => void
  private readonly heard: () => void
  private readonly paces = new Map<string, Pace>()
  /** True where a source of the topology has a `maxDrift`. */
  private readonly isAsked: boolean
  private follower: Promise<Follower> | null = null
  /** True when tasks elsewhere may be held for what the next commit tells them. */
  hasNews = false
  private isHolding = false

  /**
   * @param failed told when the progress of others can't be followed any more
   * @param heard told when a task that is held may go on: others have come closer
   */
  constructor(thread: Thread, failed: (error: unknown) => void, heard: () => void) {
    this.thread = thread
    this.failed = failed
    this.heard = heard
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
    const mayGoOn = align(tasks, this.thread.prepared.plan.tasks, (task) => this.paces.get(task) ?? null)
    this.hasNews = tasks.length < this.thread.prepared.plan.tasks.length && tasks.some(hasNews)
    this.isHolding = tasks.some((task) => task.isHeld)
    return mayGoOn
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
        if (row === null) return
        this.paces.set(row[0], committedPace(row[1]))
        if (this.isHolding) this.heard()
      },
      this.failed,
    )
    follower.catch(this.failed)
    return follower
  }
}

/** What it said last is half of a `maxDrift` behind: others would soon wait for it, however seldom it commits. */
function hasNews(task: Task): boolean {
  const maxDrift = maxDriftOf(task.description)
  if (maxDrift === null || !task.touched) return false
  return task.isQuiet !== task.saidQuiet || task.watermark.value - task.saidWatermark >= maxDrift / 2
}

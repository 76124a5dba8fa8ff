/** Watches the committed progress of all tasks: the bounded run ends for everybody when the last task is through. */
import { partitionsOfTopic, type TopicPartition } from '../record.ts'
import { topicNames } from '../topology/graph.ts'
import { type Progress, progressOfRow } from './commit/progress.ts'
import { isFinished } from './group/group.ts'
import { type Follower, follow } from './restore/restore.ts'
import type { Thread } from './settings.ts'

export class RunWatch {
  private readonly thread: Thread
  private readonly progress = new Map<string, Progress>()
  private follower: Promise<Follower> | null = null
  private readonly failed: (error: unknown) => void
  private readonly heard: () => void

  /** @param heard told when a task has come further: the run may be through */
  constructor(thread: Thread, failed: (error: unknown) => void, heard: () => void) {
    this.thread = thread
    this.failed = failed
    this.heard = heard
  }

  /** True when every task of the topology has committed that it is done. Begins to read at the first call. */
  async isThrough(): Promise<boolean> {
    this.follower ??= this.begin()
    await this.follower
    const { runId, prepared } = this.thread
    return runId.current !== null && isFinished(runId.current, prepared.plan.taskIds, this.progress)
  }

  async close(): Promise<void> {
    await (await this.follower)?.close()
  }

  private begin(): Promise<Follower> {
    const { kafka, graph, prepared } = this.thread
    const topic = topicNames.progress(graph.app)
    const partitions = partitionsOfTopic(topic, prepared.plan.partitions.get(topic)!)
    const apply = (_partition: TopicPartition, key: Buffer | null, value: Buffer | null): void => {
      const row = progressOfRow(key, value)
      if (row === null) return
      this.progress.set(...row)
      this.heard()
    }
    return follow(kafka, partitions, apply, this.failed)
  }
}

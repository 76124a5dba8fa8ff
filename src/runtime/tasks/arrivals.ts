/** Counts what each task still waits for while many are restored side by side: none has to wait for another's state. */
import type { Task } from './task.ts'

export class Arrivals {
  /** Stores that are not restored yet, and the saved progress. */
  private readonly missing: Map<Task, number>
  private readonly together: ReadonlySet<Task>
  private readonly finish: (task: Task) => Promise<void>
  private readonly finishing: Promise<void>[] = []

  /** @param together tasks that have something to commit first: they do so in one commit */
  constructor(tasks: readonly Task[], together: ReadonlySet<Task>, finish: (task: Task) => Promise<void>) {
    this.missing = new Map(tasks.map((task) => [task, task.stores.length + 1]))
    this.together = together
    this.finish = finish
  }

  /** One thing that a task has waited for is there. */
  arrived(task: Task): void {
    this.missing.set(task, this.missing.get(task)! - 1)
    const ready = this.together.has(task) ? [...this.together] : [task]
    if (ready.some((each) => this.missing.get(each)! > 0)) return
    const finished = Promise.all(ready.map((each) => this.finish(each))).then(() => undefined)
    // Told by `settled`, once all the others are through.
    finished.catch(() => undefined)
    this.finishing.push(finished)
  }

  /** @throws the first error of any task that could not be finished */
  async settled(): Promise<void> {
    await Promise.all(this.finishing)
  }
}

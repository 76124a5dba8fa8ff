/** Tasks on their way: opened beside the running ones, each of them ready as soon as its own state is there. */
import { sleep } from '../../clock.ts'
import type { TaskDescription } from '../plan.ts'
import { outageMilliseconds, passesByItself } from '../recovery.ts'
import type { Thread } from '../settings.ts'
import type { Copies } from '../standbys/copies.ts'
import { openTasks } from './open.ts'
import type { Task } from './task.ts'

interface OpeningPorts {
  readonly thread: Thread
  readonly copies: Copies
  create(description: TaskDescription): Task
  close(tasks: readonly Task[]): void
  /** A task is ready: the loop may sleep. */
  wake(): void
  /** Something went wrong beside the loop. */
  failed(error: unknown): void
}

export class Opening {
  private readonly ports: OpeningPorts
  private opened: Task[] = []

  constructor(ports: OpeningPorts) {
    this.ports = ports
  }

  get hasOpened(): boolean {
    return this.opened.length > 0
  }

  /** Those that have become ready since they were last asked for. */
  take(): Task[] {
    const { opened } = this
    this.opened = []
    return opened.filter((task) => task.phase === 'opening')
  }

  /** Those whose beginning could not be committed are given out again. */
  putBack(tasks: readonly Task[]): void {
    this.opened.push(...tasks)
  }

  /** Opens tasks beside the running ones. Transactions of departed members are ended first (L2). */
  openAll(descriptions: readonly TaskDescription[], departed: readonly string[]): void {
    if (descriptions.length === 0) return
    const { thread, copies, wake } = this.ports
    const tasks = this.createAll(descriptions)
    const opened = (task: Task): void => {
      this.opened.push(task)
      wake()
    }
    this.endTransactions(departed)
      .then(() => openTasks({ thread, copies, opened }, tasks))
      .catch((error: unknown) => this.openFailed(tasks, error))
  }

  /** What passes by itself is waited for; what keeps another's task from opening is no concern of ours. */
  private async openFailed(tasks: readonly Task[], error: unknown): Promise<void> {
    const { thread, failed, close } = this.ports
    if (passesByItself(error)) await sleep(thread.clock, outageMilliseconds)
    const waiting = tasks.filter((task) => task.phase === 'opening' && !this.opened.includes(task))
    if (waiting.length === 0) return
    if (!passesByItself(error)) return failed(error)
    close(waiting)
    this.openAll(
      waiting.map((task) => task.description),
      [],
    )
  }

  /** Local state that can't be opened ends the worker: it would start from nothing where something is. */
  private createAll(descriptions: readonly TaskDescription[]): Task[] {
    try {
      return descriptions.map((description) => this.ports.create(description))
    } catch (error) {
      this.ports.failed(error)
      return []
    }
  }

  /** Only saves time: where it fails the stable positions wait until Kafka ends those transactions itself. */
  private async endTransactions(ids: readonly string[]): Promise<void> {
    const { kafka, transactionTimeout } = this.ports.thread
    const ended = ids.map(async (id) => {
      const departed = kafka.transactions(id, { timeout: transactionTimeout })
      await departed.init().finally(() => departed.close())
    })
    await Promise.allSettled(ended)
  }
}

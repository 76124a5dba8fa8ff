/**
 * Copies of the state of tasks that other threads run: committed changelog rows, applied as they come, no operators.
 * A task that moves here finds its rows and reads only the tail.
 */
import { sleep } from '../../clock.ts'
import { findFault } from '../../faults.ts'
import type { FetchedPartition, Fetcher } from '../../kafka/port.ts'
import { publish } from '../../observe/events.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import type { CopyKind } from '../group/assign.ts'
import { copyTerms } from '../group/placement.ts'
import { outageMilliseconds, passesByItself } from '../recovery.ts'
import { offsetsByName, outOfRange } from '../restore/restore.ts'
import { Slices } from '../restore/slices.ts'
import type { Thread } from '../settings.ts'
import { Copies, trustedMilliseconds } from './copies.ts'
import type { StandbyStore } from './standby-store.ts'
import { StandbyTask } from './standby-task.ts'

export interface StandbysPorts {
  readonly thread: Thread
  /** A warm-up has caught up: the group is to be asked anew. */
  caughtUp(): void
  /** It can follow no further. */
  failed(error: unknown): void
}

const pollFor = { milliseconds: 500 }
/** Rows become visible, and their position is kept, at most this often: on a disk each time is a transaction. */
const saveMilliseconds = 250

export class Standbys {
  /** What this thread has of the state of tasks, its own among them. */
  readonly copies: Copies
  private readonly ports: StandbysPorts
  private readonly acceptableLag: number
  private readonly tasks = new Map<string, StandbyTask>()
  private readonly slices: Slices
  private fetcher: Fetcher | null = null
  private following: Promise<void> | null = null
  /** Wall time of the last round. */
  private turnedAt = 0
  private savedAt = Number.NEGATIVE_INFINITY
  private isClosed = false
  /** What was wanted last. */
  private said = '[[],[]]'

  constructor(ports: StandbysPorts) {
    const { thread } = ports
    this.ports = ports
    this.copies = new Copies(thread)
    this.acceptableLag = (thread.copies ?? copyTerms()).acceptableLag
    this.slices = new Slices(thread.clock)
  }

  /** Gives up what is not wanted any more: who runs the task here takes its rows over. */
  giveUp(wanted: ReadonlyMap<string, CopyKind>): void {
    for (const task of this.tasks.values()) if (!wanted.has(task.id)) this.close(task)
  }

  /** Follows what is wanted from now on. Rows of other tasks than these and `held` are let go. */
  follow(wanted: ReadonlyMap<string, CopyKind>, held: readonly string[]): void {
    const { thread } = this.ports
    for (const description of thread.prepared.plan.tasks) {
      const kind = wanted.get(description.id)
      const present = this.tasks.get(description.id)
      if (present !== undefined && kind !== undefined) present.kind = kind
      if (present !== undefined || kind === undefined) continue
      this.tasks.set(description.id, new StandbyTask(description, kind, this.copies, thread))
    }
    this.copies.keepOnly(new Set([...held, ...wanted.keys()]))
    this.tellWanted(wanted)
    if (this.tasks.size > 0 && this.following === null) {
      this.turnedAt = thread.clock.now()
      this.following = this.live()
    }
    this.fetcher?.wake()
  }

  /** Only where it is not what was wanted before. */
  private tellWanted(wanted: ReadonlyMap<string, CopyKind>): void {
    const of = (kind: CopyKind): string[] => [...wanted].filter(([, each]) => each === kind).map(([id]) => id)
    const [standbys, warmUps] = [of('standby'), of('warm-up')]
    const said = JSON.stringify([standbys, warmUps])
    if (said === this.said) return
    this.said = said
    publish('standbys.assigned', () => ({ standbys, warmUps }))
  }

  /** What the leader of the group hears now: how far each copy is, but for the tasks that are at work. */
  tellLags(ready: ReadonlySet<string>): ReadonlyMap<string, number> {
    for (const task of this.tasks.values()) {
      // What has just asked for this counts as caught up, however much has come since: it would ask again and again.
      const counts = task.hasAsked && task.lag >= 0
      if (counts) this.copies.noteLag(task.id, Math.min(task.lag, this.acceptableLag))
      task.isKnown = counts || task.isReady(this.acceptableLag)
      task.hasAsked = false
    }
    return this.copies.lags(ready)
  }

  async end(): Promise<void> {
    this.isClosed = true
    this.copies.close()
    this.giveUp(new Map())
    this.fetcher?.wake()
    await this.following
    await this.fetcher?.close()
  }

  private async live(): Promise<void> {
    this.fetcher ??= this.ports.thread.kafka.fetcher({ isolation: 'read_committed' })
    try {
      while (!this.isClosed && this.tasks.size > 0) await this.round(this.fetcher)
    } catch (error) {
      if (!this.isClosed) this.ports.failed(error)
    }
    this.following = null
  }

  private async round(fetcher: Fetcher): Promise<void> {
    try {
      await this.begin(fetcher)
      const fetched = await fetcher.poll(pollFor)
      if (this.hasSlept) for (const store of this.stores()) this.startOver(store)
      this.turnedAt = this.ports.thread.clock.now()
      for (const each of fetched) await this.take(each)
      await this.look()
    } catch (error) {
      if (!this.isClosed) await this.mend(error)
    }
  }

  /** True where the process was asleep for so long that deletions may have come and gone. */
  private get hasSlept(): boolean {
    return this.ports.thread.clock.now() - this.turnedAt > trustedMilliseconds
  }

  private startOver(store: StandbyStore): void {
    this.fetcher?.remove(store.place)
    store.startOver()
  }

  /** New copies find out where they are. */
  private async begin(fetcher: Fetcher): Promise<void> {
    const stores = this.stores().filter(({ position }) => position === null)
    if (stores.length === 0) return
    const places = stores.map(({ place }) => place)
    const { kafka } = this.ports.thread
    const [starts, ends, stables] = await Promise.all([
      kafka.offsets(places, 'earliest'),
      kafka.offsets(places, 'end'),
      kafka.offsets(places, 'stable'),
    ])
    const [start, end, stable] = [offsetsByName(starts), offsetsByName(ends), offsetsByName(stables)]
    for (const store of stores) {
      if (store.isClosed) continue
      const name = partitionName(store.place)
      const bounds = { start: start.get(name)!, end: end.get(name)!, stable: stable.get(name)! }
      fetcher.seek(store.place, store.begin(bounds))
    }
  }

  private async take(fetched: FetchedPartition): Promise<void> {
    const task = this.taskAt(fetched)
    if (task !== undefined) await this.orLost(task, () => task.storeAt(fetched)!.take(fetched, this.slices))
  }

  /** What has been read is kept and told. */
  private async look(): Promise<void> {
    const now = this.ports.thread.clock.monotonic()
    const saves = now - this.savedAt >= saveMilliseconds
    if (saves) this.savedAt = now
    for (const task of this.tasks.values()) {
      if (saves) await this.orLost(task, () => task.save())
      if (!task.isClosed) this.tell(task)
    }
  }

  private tell(task: StandbyTask): void {
    const { id, kind, lag } = task
    this.copies.noteLag(id, lag)
    if (!task.isReady(this.acceptableLag)) return
    if (task.becomesReady()) publish('standby.ready', () => ({ task: id, kind, lag }))
    if (kind !== 'warm-up' || task.isKnown || task.hasAsked) return
    task.hasAsked = true
    this.ports.caughtUp()
  }

  /** Where the log has moved away from under a store, that one begins anew; a broker's absence is waited for. */
  private async mend(error: unknown): Promise<void> {
    const lost = outOfRange(error)
    const store = lost === null ? undefined : this.taskAt(lost)?.storeAt(lost)
    if (store !== undefined) {
      this.startOver(store)
      return
    }
    if (!passesByItself(error)) throw error
    await sleep(this.ports.thread.clock, outageMilliseconds)
  }

  /** Another thread of this process may have taken the rows over on the disk: then the copy is its own. */
  private async orLost(task: StandbyTask, work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (findFault(error)?.kind !== 'fenced') throw error
      publish('standby.lost', () => ({ task: task.id, reason: (error as Error).message }))
      this.close(task)
      this.copies.forget(task.id)
    }
  }

  private close(task: StandbyTask): void {
    this.tasks.delete(task.id)
    for (const store of task.stores) {
      this.fetcher?.remove(store.place)
      if (this.hasSlept) store.startOver()
    }
    task.close()
  }

  private stores(): StandbyStore[] {
    return [...this.tasks.values()].flatMap(({ stores }) => stores)
  }

  private taskAt(place: TopicPartition): StandbyTask | undefined {
    return [...this.tasks.values()].find((task) => task.storeAt(place) !== undefined)
  }
}

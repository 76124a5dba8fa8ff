/** Opens tasks: positions first, then state and progress up to the end taken after them (rules R1 and R3). */
import type { Kafka, PartitionOffset } from '../../kafka/port.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import type { Store } from '../../state/store.ts'
import { topicNames } from '../../topology/graph.ts'
import { type Progress, progressOfRow, type RunProgress } from '../commit/progress.ts'
import { unknownLag } from '../group/holdings.ts'
import { partitionsRead } from '../plan.ts'
import { applyWhenReady, offsetsByName, type RestoreTarget, restore } from '../restore/restore.ts'
import { RestoreProgress } from '../restore/restore-progress.ts'
import type { Thread } from '../settings.ts'
import type { Copies } from '../standbys/copies.ts'
import { Arrivals } from './arrivals.ts'
import type { Task, TaskStore } from './task.ts'

export interface OpenPorts {
  readonly thread: Thread
  /** Told how much is still to be restored. */
  readonly copies: Pick<Copies, 'noteLag'>
  /** The task is where the last commit of any owner left it. */
  opened(task: Task): void
}

/**
 * Brings tasks to where the last commit of any owner left them, each as soon as its own state is there. A first start
 * without positions resolves them here; the caller commits them before the tasks take a record, so that they are
 * resolved once.
 */
export async function openTasks(ports: OpenPorts, tasks: readonly Task[]): Promise<void> {
  const { thread, opened } = ports
  const open = tasks.filter((task) => task.phase === 'opening')
  const { positions, resolved } = await resolvePositions(thread, open)
  const progress = new Map<string, Progress>()
  const cancelled = (): boolean => open.every((task) => task.phase === 'closed')
  await warmStores(open, cancelled)
  const isNew = (task: Task): boolean => task.allQueues.some((queue) => resolved.has(partitionName(queue)))
  const finish = async (task: Task): Promise<void> => {
    const saved = progress.get(task.id) ?? null
    const run = thread.bounded === null ? null : await continueRun(thread, task, saved?.run ?? null)
    if (task.phase !== 'opening') return
    task.resume(saved, positions, run)
    // Not before: a commit meanwhile, for a task that is taken away, would write the positions of an empty task.
    if (isNew(task) || (run !== null && run !== saved?.run)) task.touched = true
    task.activeAt = thread.clock.now()
    opened(task)
  }
  const arrivals = new Arrivals(open, new Set(thread.bounded === null ? open.filter(isNew) : open), finish)
  const targets = restoreTargets(ports, open, { progress, arrivals })
  thread.counters.restoredRows += await restore(thread.kafka, targets, cancelled, thread.clock)
  await arrivals.settled()
}

interface Positions {
  readonly positions: ReadonlyMap<string, number>
  /** Those that nobody had committed. */
  readonly resolved: ReadonlyMap<string, number>
}

async function resolvePositions(thread: Thread, tasks: readonly Task[]): Promise<Positions> {
  const { kafka, graph } = thread
  const inputs = tasks.flatMap(({ description }) => partitionsRead(description))
  const positions = await kafka.positions(graph.app, inputs)
  const unknown = positions.filter(({ offset }) => offset < 0)
  const resolved = await resolveStarts(thread, unknown)
  return { positions: new Map([...offsetsByName(positions), ...resolved]), resolved }
}

/** Internal topics always begin at their start: nothing written there may be missed. */
async function resolveStarts(
  { kafka, graph, startAt }: Thread,
  unknown: readonly PartitionOffset[],
): Promise<Map<string, number>> {
  const internal = new Set(graph.internal.map((each) => each.name))
  const fromStart = unknown.filter(({ topic }) => startAt === 'earliest' || internal.has(topic))
  const fromEnd = unknown.filter((each) => !fromStart.includes(each))
  const starts = fromStart.length === 0 ? [] : await kafka.offsets(fromStart, 'earliest')
  const ends = fromEnd.length === 0 ? [] : await kafka.offsets(fromEnd, 'stable')
  return offsetsByName([...starts, ...ends])
}

interface Restored {
  readonly progress: Map<string, Progress>
  readonly arrivals: Arrivals
}

function restoreTargets({ thread, copies }: OpenPorts, tasks: readonly Task[], restored: Restored): RestoreTarget[] {
  const { arrivals } = restored
  const changelogs = tasks.flatMap((task) => {
    const stores = task.stores.map((each) => new RestoreProgress(thread.clock, task.id, each.spec.name))
    const noteLag = (): void => {
      if (task.phase === 'opening') copies.noteLag(task.id, remainingOf(stores))
    }
    return task.stores.map((taskStore, index) => {
      const target = storeTarget(task, taskStore, stores[index]!)
      return watched(target, noteLag, () => arrivals.arrived(task))
    })
  })
  const partitions = new Set(tasks.map((task) => task.description.partition))
  const saved = progressTargets(thread.graph.app, partitions, restored.progress).map((target) =>
    watched(target, null, () => {
      const { partition } = target.partition
      for (const task of tasks) if (task.description.partition === partition) arrivals.arrived(task)
    }),
  )
  return [...changelogs, ...saved]
}

/** Unknown as long as one of the stores is. */
function remainingOf(stores: readonly RestoreProgress[]): number {
  let sum = 0
  for (const { remaining } of stores) {
    if (remaining === null) return unknownLag
    sum += remaining
  }
  return sum
}

function watched(target: RestoreTarget, moved: (() => void) | null, ended: () => void): RestoreTarget {
  return {
    ...target,
    begun(start, end) {
      target.begun?.(start, end)
      moved?.()
    },
    reached(position, isEnd) {
      target.reached?.(position, isEnd)
      moved?.()
      if (isEnd) ended()
    },
  }
}

/** Rows that are on the disk already: their schemas are fetched before anything is read, as those of restored rows are. */
async function warmStores(tasks: readonly Task[], cancelled: () => boolean): Promise<void> {
  for (const task of tasks) {
    const isGone = (): boolean => task.phase !== 'opening' || cancelled()
    for (const { store } of task.stores) if (store.position >= 0) await warmStore(store, isGone)
  }
}

async function warmStore(store: Store, isGone: () => boolean): Promise<void> {
  if (isGone()) return
  for (const warm of store.warmings()) {
    try {
      warm()
    } catch (error) {
      await applyWhenReady(warm, error, isGone)
    }
    if (isGone()) return
  }
}

/** Rows of a store are applied in large batches; so often it also notes how far it has come, for a restart in between. */
const rowsBetweenPositions = 500_000

/** A store goes on where it stopped. A task that is closed meanwhile has given its stores up. */
function storeTarget(task: Task, { store, spec }: TaskStore, told: RestoreProgress): RestoreTarget {
  const partition: TopicPartition = { topic: spec.changelog, partition: task.description.partition }
  let rows = 0
  return {
    partition,
    from: store.position,
    apply(key, value, timestamp, _offset, headers) {
      if (task.phase !== 'opening' || key === null) return
      store.restore(key, value, timestamp, headers)
      rows++
      told.rows++
    },
    startOver: () => store.clear(),
    begun: (start, end) => told.begin(start, end),
    reached(position, isEnd) {
      if (task.phase !== 'opening') return
      told.reached(position)
      if (!isEnd && rows < rowsBetweenPositions) return
      store.restored(position)
      rows = 0
      if (isEnd) told.finish()
    },
  }
}

/** A run found under this id goes on where it was; another one, or none, begins: its ends are taken now. */
async function continueRun(thread: Thread, task: Task, saved: RunProgress | null): Promise<RunProgress> {
  const id = thread.runId.current!
  for (const end of await thread.kafka.offsets(task.reentries, 'end')) task.reentryEnds.reach(end, end.offset)
  if (saved?.id === id) return saved
  return {
    id,
    tasks: thread.prepared.plan.tasks.length,
    startedAt: thread.clock.now(),
    ends: await endsOf(thread, task),
    done: false,
  }
}

/** Last stable offsets of the inputs that are a user's topics, or the first offset at or after the time given, if lower. */
async function endsOf({ kafka, bounded }: Thread, task: Task): Promise<Record<string, number>> {
  const sources = task.description.inputs.filter(({ source }) => task.subTopology.sources[source]!.writers === null)
  const stable = await kafka.offsets(sources, 'stable')
  if (bounded === 'end' || bounded === null) return Object.fromEntries(offsetsByName(stable))
  const byTime = offsetsByName(await kafka.offsets(sources, { time: bounded.time }))
  return Object.fromEntries(
    stable.map((each) => [partitionName(each), Math.min(each.offset, byTime.get(partitionName(each))!)]),
  )
}

/** Every task's latest committed progress: how the leader finds an unfinished run. */
export async function readProgress(kafka: Kafka, app: string, partitions: number): Promise<Map<string, Progress>> {
  const progress = new Map<string, Progress>()
  await restore(kafka, progressTargets(app, Array(partitions).keys(), progress), () => false)
  return progress
}

/** Reads partitions of the progress topic into `progress`. */
function progressTargets(app: string, partitions: Iterable<number>, progress: Map<string, Progress>): RestoreTarget[] {
  const topic = topicNames.progress(app)
  const apply: RestoreTarget['apply'] = (key, value) => {
    const row = progressOfRow(key, value)
    if (row !== null) progress.set(...row)
  }
  return [...partitions].map((partition) => ({ partition: { topic, partition }, apply }))
}

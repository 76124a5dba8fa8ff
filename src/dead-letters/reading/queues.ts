/**
 * Queues at a glance. What a queue holds is told by offsets, marks and the times of its ends: no letter is read for that.
 *
 * The ends of transactions take an offset each, and aborted letters too, so the number of offsets is only the most letters
 * there can be. Small queues are read, which makes their numbers exact; of large ones `exact` is false unless it was asked
 * for. `resolved` is always exact.
 */
import { type Clock, systemClock } from '../../clock.ts'
import type { Kafka, TopicInfo } from '../../kafka/port.ts'
import { partitionsOfTopic } from '../../record.ts'
import { topicNames } from '../../topology/graph.ts'
import { listTopics, queueOf, requireTopic } from '../queue-names.ts'
import { type Range, rangesOf } from './batches.ts'
import { type QueueCounts, readCounts } from './count-letters.ts'
import { type Edges, edgesOf } from './queue-edges.ts'
import { readSettled, Settled } from './settled.ts'

export interface QueuesOptions {
  /** Only of this app; else of all there are. */
  readonly app?: string | null
  /** Foreign queues besides, by the names of their topics. */
  readonly topics?: readonly string[]
  /** Reads every letter. */
  readonly exact?: boolean
  /** Small queues are read, the smallest first, until so many offsets are. Default 50,000. */
  readonly readAtMost?: number
  /** Settles, of every queue, whether more than so many letters are open; what is needed for that is read. */
  readonly moreThan?: number
  readonly clock?: Clock
}

export interface QueueSummary {
  /** Topic. */
  readonly queue: string
  /** Null for a foreign queue. */
  readonly app: string | null
  readonly name: string | null
  readonly partitions: number
  /** All there are: exactly, or at most. */
  readonly letters: number
  readonly exact: boolean
  /** Neither redriven nor edited nor discarded; exactly, or at most. */
  readonly open: number
  /** Of those, how many wait behind another of their key; null where they were not read. */
  readonly parked: number | null
  readonly resolved: number
  /** Milliseconds; null for an empty queue, or where the client does not tell times. */
  readonly firstSeen: number | null
  readonly lastSeen: number | null
  /** Milliseconds since `firstSeen`, and after how many of them letters are deleted; null: never, or not known. */
  readonly oldestAge: number | null
  readonly retention: number | null
  /** Offsets of the last hour. */
  readonly lastHour: number
  /** Where `moreThan` was given: whether more are open. */
  readonly isOver: boolean | null
}

const defaultReadAtMost = 50_000

/**
 * The queues of an app, or of all.
 * @example for (const { queue, open } of await listQueues(kafka, { app: 'orders' })) console.log(queue, open)
 * @throws MillraceError MR4401 for a topic that does not exist
 */
export async function listQueues(kafka: Kafka, options: QueuesOptions = {}): Promise<QueueSummary[]> {
  const { app = null, topics = [], clock = systemClock } = options
  const queues = await queuesOf(kafka, app, topics)
  const ranges = await rangesOf(
    kafka,
    queues.flatMap(({ name, partitions }) => partitionsOfTopic(name, partitions)),
  )
  const settled = await settledOf(kafka, queues)
  const counts = await countsOf(kafka, ranges, settled, options)
  const known = await edgesOf(kafka, queues, ranges, clock.now())
  return queues.map((queue) => {
    const own = ranges.filter(({ topic }) => topic === queue.name)
    return summaryOf(queue, { own, settled: settled(queue.name), counts: counts.get(queue.name), known, ...options })
  })
}

async function queuesOf(kafka: Kafka, app: string | null, topics: readonly string[]): Promise<TopicInfo[]> {
  const foreign = await Promise.all(topics.map((topic) => requireTopic(kafka, topic)))
  const isAsked = app !== null || topics.length === 0
  const all = isAsked ? (await listTopics(kafka)).filter(({ name }) => isQueueOf(name, app)) : []
  const byName = new Map([...all, ...foreign].map((queue) => [queue.name, queue]))
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
}

function isQueueOf(topic: string, app: string | null): boolean {
  const queue = queueOf(topic)
  return queue !== null && (app === null || queue.app === app)
}

/** One read of marks an app. */
async function settledOf(kafka: Kafka, queues: readonly TopicInfo[]): Promise<(queue: string) => Settled> {
  const apps = [...new Set(queues.flatMap(({ name }) => queueOf(name)?.app ?? []))]
  const marks = await kafka.topics.describe(apps.map(topicNames.marks))
  const marked = apps.filter((_, index) => marks[index]!.exists)
  const read = await Promise.all(marked.map(async (app) => [app, await readSettled(kafka, app)] as const))
  const byApp = new Map(read)
  const none = new Settled()
  return (queue) => byApp.get(queueOf(queue)?.app ?? '') ?? none
}

/** The queues that are read: all, or the smallest, as many as are read at a glance. */
async function countsOf(
  kafka: Kafka,
  ranges: readonly Range[],
  settled: (queue: string) => Settled,
  { exact = false, readAtMost = defaultReadAtMost, moreThan }: QueuesOptions,
): Promise<ReadonlyMap<string, QueueCounts>> {
  const sizes = new Map<string, number>()
  for (const { topic, start, end } of ranges) sizes.set(topic, (sizes.get(topic) ?? 0) + end - start)
  const limits = new Map<string, number>()
  let left = readAtMost
  for (const [topic, size] of [...sizes].sort(([, one], [, other]) => one - other)) {
    left -= size
    if (exact || left >= 0) limits.set(topic, Number.POSITIVE_INFINITY)
    else if (moreThan !== undefined && size > moreThan) limits.set(topic, moreThan)
  }
  return readCounts(kafka, ranges, settled, limits)
}

interface Found {
  readonly own: readonly Range[]
  readonly settled: Settled
  readonly counts: QueueCounts | undefined
  readonly known: Edges
  readonly moreThan?: number
}

function summaryOf({ name: queue, partitions }: TopicInfo, found: Found): QueueSummary {
  const { own, settled, counts, known, moreThan } = found
  const most = own.reduce((sum, { start, end }) => sum + end - start, 0)
  const resolved = own.reduce(
    (sum, { topic, partition, start, end }) => sum + settled.count(topic, partition, start, end),
    0,
  )
  const isExact = counts?.isWhole ?? most === 0
  const letters = isExact ? (counts?.letters ?? 0) : most
  const open = isExact ? (counts?.open ?? 0) : most - resolved
  const firstSeen = known.first.get(queue) ?? null
  const named = queueOf(queue)
  return {
    queue,
    app: named?.app ?? null,
    name: named?.name ?? null,
    partitions,
    letters,
    exact: isExact,
    open,
    parked: isExact ? (counts?.parked ?? 0) : null,
    resolved,
    firstSeen,
    lastSeen: known.last.get(queue) ?? null,
    oldestAge: firstSeen === null ? null : Math.max(0, known.now - firstSeen),
    retention: known.retention.get(queue) ?? null,
    lastHour: known.lastHour.get(queue) ?? 0,
    isOver: moreThan === undefined ? null : (counts?.open ?? open) > moreThan,
  }
}

/** Where letters may go: the topology says, never a header (`failures.md` 4). */
import { MillraceError } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import { readDeployed } from '../../runtime/deployed.ts'
import type { GraphDescription } from '../../topology/describe-graph.ts'
import type { QueueFeed } from '../../topology/graph.ts'
import type { QueueName } from '../queue-name.ts'

/** A source whose records can end in the queue. */
export interface QueueSource {
  /** As the letters name it. */
  readonly topic: string
  /** Where they come back: read by the same sub-topology, and by nobody else. */
  readonly redrive: string
  readonly partitions: number
  /** Fewer than those of the source where that has got more and no worker has started since. */
  readonly redrivePartitions: number
}

export interface QueueTargets {
  readonly queue: QueueName
  /** By full topic name. */
  readonly sources: ReadonlyMap<string, QueueSource>
  /** Keys wait in this queue: their letters go back in the order in which they were first read. */
  readonly isPark: boolean
  /** Of `--to`; null: each letter goes to its source's re-entry topic. */
  readonly to: { readonly topic: string; readonly partitions: number } | null
}

/**
 * @param description of the topology; null: the one that was started last
 * @throws MillraceError MR4414 where the queue is none of the topology's, or `to` is no topic of it
 */
export async function findTargets(
  kafka: Kafka,
  queue: QueueName,
  description: GraphDescription | null,
  to: string | null,
): Promise<QueueTargets> {
  const described = description ?? (await readDeployed(kafka, queue.app))
  if (described === null) throw notDeployed(queue)
  const feeds = feedsOf(described, queue)
  if (to !== null) refuseForeign(described, to)
  const targets = to === null ? feeds.map(({ redrive }) => redrive) : [to]
  const sizes = await sizesOf(kafka, [...feeds.map(({ source }) => source), ...targets])
  const sources = feeds.map(({ source: topic, redrive }) => {
    const redrivePartitions = sizes.get(redrive) ?? Number.POSITIVE_INFINITY
    return [topic, { topic, redrive, partitions: sizes.get(topic)!, redrivePartitions }] as const
  })
  return {
    queue,
    sources: new Map(sources),
    isPark: parks(described).has(queue.name),
    to: to === null ? null : { topic: to, partitions: sizes.get(to)! },
  }
}

function feedsOf({ internal }: GraphDescription, queue: QueueName): readonly QueueFeed[] {
  const found = internal.find(({ name, kind }) => kind === 'dead-letter' && name === queue.topic)
  if (found?.feeds !== undefined) return found.feeds
  if (found !== undefined) throw olderWorker(queue)
  throw new MillraceError('fatal', {
    code: 'MR4414',
    what: `${queue.topic} is no queue of the topology ${queue.app}`,
    why: 'no step or source of it, as it was started last, writes dead letters there',
    fix: 'Correct the name, or give the file of the topology that wrote them: --topology FILE',
  })
}

function olderWorker({ topic, app }: QueueName): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4414',
    what: `Nothing says where letters of ${topic} may go`,
    why: `the workers of ${app} that started last are of an older release, which could not bring letters back`,
    fix: 'Start a worker of this release, or give the file of the topology: --topology FILE',
  })
}

function parks({ subTopologies }: GraphDescription): Set<string> {
  const policies = subTopologies.flatMap(({ nodes }) => nodes.flatMap(({ settings }) => settings.onFailure ?? []))
  const parking = (policies as { kind: string; name: string }[]).filter(({ kind }) => kind === 'park')
  return new Set(parking.map(({ name }) => name))
}

function refuseForeign({ topology, inputs, outputs }: GraphDescription, to: string): void {
  if ([...inputs, ...outputs].some(({ name }) => name === to)) return
  throw new MillraceError('fatal', {
    code: 'MR4414',
    what: `${to} is no topic of the topology ${topology}`,
    why: 'dead letters go nowhere else: whoever wrote them could have named any topic',
    fix: 'Name an input or output of the topology, or leave --to out',
  })
}

async function sizesOf(kafka: Kafka, topics: readonly string[]): Promise<Map<string, number>> {
  const infos = await kafka.topics.describe([...new Set(topics)])
  const missing = infos.find(({ exists }) => !exists)
  if (missing === undefined) return new Map(infos.map(({ name, partitions }) => [name, partitions]))
  throw new MillraceError('fatal', {
    code: 'MR4414',
    what: `There is no topic ${missing.name}`,
    why: 'workers make the topics in which dead letters come back when they start',
    fix: 'Start a worker of this release once',
  })
}

function notDeployed({ app, topic }: QueueName): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4414',
    what: `Nothing says where letters of ${topic} may go`,
    why: `no worker of a topology ${app} has started here`,
    fix: 'Give the file of the topology: --topology FILE',
  })
}

/** Where queues begin and end in time, and how long they keep what they have. */
import type { Kafka, TopicInfo } from '../../kafka/port.ts'
import type { Range } from './batches.ts'

const hour = 3_600_000

/** By topic; what is not known is missing. */
export interface Edges {
  readonly first: ReadonlyMap<string, number>
  readonly last: ReadonlyMap<string, number>
  readonly lastHour: ReadonlyMap<string, number>
  readonly retention: ReadonlyMap<string, number>
  readonly now: number
}

/** Asks for times and offsets, never for records. */
export async function edgesOf(
  kafka: Kafka,
  queues: readonly TopicInfo[],
  ranges: readonly Range[],
  now: number,
): Promise<Edges> {
  const filled = ranges.filter(({ start, end }) => start < end)
  const [firsts, lasts] =
    kafka.times === undefined || filled.length === 0
      ? [[], []]
      : [await kafka.times(filled, 'first'), await kafka.times(filled, 'latest')]
  const recent = filled.length === 0 ? [] : await kafka.offsets(filled, { time: Math.max(0, now - hour) })
  const [first, last, lastHour] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  for (const [index, { topic, start, end }] of filled.entries()) {
    const [earliest, latest] = [firsts[index] ?? null, lasts[index] ?? null]
    if (earliest !== null) first.set(topic, Math.min(first.get(topic) ?? earliest, earliest))
    if (latest !== null) last.set(topic, Math.max(last.get(topic) ?? latest, latest))
    const since = Math.max(0, end - Math.max(start, recent[index]!.offset))
    lastHour.set(topic, (lastHour.get(topic) ?? 0) + since)
  }
  return { first, last, lastHour, retention: await retentionOf(kafka, queues), now }
}

async function retentionOf(kafka: Kafka, queues: readonly TopicInfo[]): Promise<ReadonlyMap<string, number>> {
  if (queues.length === 0 || !kafka.admin.calls.has('describeConfigs')) return new Map()
  const settings = await kafka.admin.describeConfigs(queues.map(({ name }) => ({ type: 'topic', name })))
  const times = settings.map((each) => Number(each['retention.ms'] ?? -1))
  return new Map(queues.map(({ name }, index) => [name, times[index]!] as const).filter(([, time]) => time >= 0))
}

/** One Fetch, asked of a broker directly: kafkajs' consumer can't read a partition without a group around it. */
import { partitionName } from '../../record.ts'
import { byTopic } from '../by-topic.ts'
import type { ClusterDoor, Isolation } from './clusters.ts'
import type { Feed, Portion } from './feed.ts'
import { batchesOf, endOf, type FetchedData } from './fetched.ts'

export interface FetchTerms {
  readonly isolation: Isolation
  readonly maxBytes: number
}

/** What a broker answers: kafkajs does not describe it. */
interface FetchAnswer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedData[] }[]
}

/** How much of one partition an answer may hold. */
export const partitionMaxBytes: number = 1024 * 1024
const maxWaitMilliseconds = 250
const isolationLevels: Readonly<Record<Isolation, number>> = { read_uncommitted: 0, read_committed: 1 }

/** Asks a node what is new. @throws what kafkajs does: for the first partition with an error, and for no other */
export async function fetchFrom(
  door: ClusterDoor,
  nodeId: number,
  feeds: readonly Feed[],
  { isolation, maxBytes }: FetchTerms,
): Promise<Map<string, Portion>> {
  const broker = await door.node(nodeId)
  const positions = new Map(feeds.map(({ place, position }) => [partitionName(place), position]))
  const request = {
    isolationLevel: isolationLevels[isolation],
    maxWaitTime: maxWaitMilliseconds,
    minBytes: 1,
    maxBytes,
    topics: byTopic(feeds.map(({ place, position }) => ({ ...place, position }))).map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, position }) => ({
        partition,
        fetchOffset: String(position),
        maxBytes: partitionMaxBytes,
      })),
    })),
  }
  const { answer, sizeInBytes } = await door.measured<FetchAnswer>(() => broker.fetch(request))
  const portions = new Map<string, Portion>()
  for (const { topicName: topic, partitions } of answer.responses) {
    for (const data of partitions) {
      const name = partitionName({ topic, partition: data.partition })
      const hasData = feeds.length === 1 && sizeInBytes !== null && sizeInBytes > withoutData(topic, data)
      portions.set(name, portionOf(data, positions.get(name) ?? 0, isolation, hasData))
    }
  }
  return portions
}

/** The most that an answer of one partition takes without a batch, in any version. With one it is 35 bytes more at least. */
function withoutData(topic: string, { abortedTransactions }: FetchedData): number {
  return 70 + Buffer.byteLength(topic) + 16 * (abortedTransactions?.length ?? 0)
}

/**
 * A batch that compaction has emptied is nothing to kafkajs, which would ask for it for ever. Where data came and no
 * record was in it, the position held none: the next may. (Asked alone, a partition gets its first batch whole, KIP-74.)
 */
function portionOf(data: FetchedData, position: number, isolation: Isolation, hasData: boolean): Portion {
  const highWatermark = Number(data.highWatermark)
  const stable = Number(data.lastStableOffset ?? -1)
  const isEmptied = data.messages.length === 0 && hasData
  return {
    batches: batchesOf(data, isolation === 'read_committed'),
    nextOffset: isEmptied ? position + 1 : Math.max(position, endOf(data, position)),
    highWatermark,
    lastStableOffset: stable < 0 ? highWatermark : stable,
    isEmptied,
  }
}

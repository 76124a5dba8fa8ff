/** What a Fetch asks for, partition by partition, whichever version or session it came in. */
import type { Fetch } from '../../wire/apis/index.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'

export type FetchRequest = Request<typeof Fetch>
export type FetchResponse = ResponseInput<typeof Fetch>
export type TopicResponse = FetchResponse['responses'][number]
export type PartitionResponse = TopicResponse['partitions'][number]

/** From here on topics are named by their ids. */
export const topicIdsFrom = 13

export interface Wanted {
  /** Empty where the id counts. */
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly currentLeaderEpoch: number
  readonly fetchOffset: number
  readonly lastFetchedEpoch: number
  readonly partitionMaxBytes: number
}

/** The answer for one partition, as far as it is known. */
export interface PartitionReading {
  readonly wanted: Wanted
  readonly response: PartitionResponse
}

/** All partitions that the request itself names. */
export function wantedOf({ topics }: FetchRequest): Wanted[] {
  const all: Wanted[] = []
  for (const { topic, topicId, partitions } of topics) {
    for (const { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, partitionMaxBytes } of partitions) {
      all.push({ topic, topicId, partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, partitionMaxBytes })
    }
  }
  return all
}

/** Answers with those of one topic put together, in the order in which they come. */
export function byTopic(readings: readonly PartitionReading[]): TopicResponse[] {
  const responses: { topic: string; topicId: string; partitions: PartitionResponse[] }[] = []
  for (const { wanted, response } of readings) {
    const last = responses.at(-1)
    if (last !== undefined && last.topic === wanted.topic && last.topicId === wanted.topicId) {
      last.partitions.push(response)
    } else {
      responses.push({ topic: wanted.topic, topicId: wanted.topicId, partitions: [response] })
    }
  }
  return responses
}

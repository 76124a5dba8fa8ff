/** Answers of a fake node, filled in. */
import type { Fetch } from '../../src/wire/apis/01-fetch.ts'
import { BatchBuilder, setBaseOffset, setPartitionLeaderEpoch } from '../../src/wire/batch.ts'
import type { Request, ResponseInput } from '../../src/wire/schema.ts'
import { topicId } from './fake-cluster.ts'

type FetchAnswer = ResponseInput<typeof Fetch>
export type PartitionAnswer = Partial<FetchAnswer['responses'][number]['partitions'][number]>
export type FetchedPlace = Request<typeof Fetch>['topics'][number]['partitions'][number]

/** One answer for each partition that is asked for. */
export function fetched(body: Request<typeof Fetch>, answer: (place: FetchedPlace) => PartitionAnswer): FetchAnswer {
  const partitions = body.topics.flatMap((topic) => topic.partitions)
  const responses = partitions.map((place) => ({
    partitionIndex: place.partition,
    errorCode: 0,
    highWatermark: 1_000_000,
    lastStableOffset: 1_000_000,
    abortedTransactions: null,
    records: Buffer.alloc(0),
    ...answer(place),
  }))
  return { throttleTimeMs: 0, errorCode: 0, responses: [{ topicId, partitions: responses }] }
}

/** A batch of `count` records from `offset` on, written under that leader epoch. */
export function batchAt(offset: number, count: number, epoch: number, value = 'v'): Buffer {
  const builder = new BatchBuilder()
  for (let n = 0; n < count; n++) builder.append(n, null, value)
  const bytes = builder.build({})
  setBaseOffset(bytes, 0, offset)
  setPartitionLeaderEpoch(bytes, 0, epoch)
  return bytes
}

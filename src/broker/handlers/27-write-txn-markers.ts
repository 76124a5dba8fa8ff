/**
 * WriteTxnMarkers.
 * Behaviour: ends transactions in partitions by themselves, past their coordinator. Administrators use it to abort one
 * that hangs (KIP-664). Markers of an older coordinator or producer epoch are refused.
 */
import type { TopicPartition } from '../../record.ts'
import { WriteTxnMarkers } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { leaderProblem } from '../leader-problem.ts'

type Marker = Request<typeof WriteTxnMarkers>['markers'][number]

export const writeTxnMarkers: AnyHandler = handler({
  api: WriteTxnMarkers,
  execute: (request, broker, { node }) =>
    answer(request, (marker, partition) => write(marker, partition, broker, node)),
  refuse: (request, code) => answer(request, () => code),
})

function answer(
  { markers }: Request<typeof WriteTxnMarkers>,
  codeOf: (marker: Marker, partition: TopicPartition) => number,
): ResponseInput<typeof WriteTxnMarkers> {
  return {
    markers: markers.map((marker) => ({
      producerId: marker.producerId,
      topics: marker.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          errorCode: codeOf(marker, { topic: name, partition: partitionIndex }),
        })),
      })),
    })),
  }
}

function write(marker: Marker, partition: TopicPartition, broker: Broker, node: number): number {
  const log = broker.topics.log(partition.topic, partition.partition)
  if (log === undefined) return errorCode.UNKNOWN_TOPIC_OR_PARTITION
  const problem = leaderProblem(node, log)
  if (problem !== errorCode.NONE) return problem
  const { producerId, producerEpoch, coordinatorEpoch, transactionResult } = marker
  const type = transactionResult ? 'commit' : 'abort'
  return broker.writeMarker(partition, { type, producerId, producerEpoch, coordinatorEpoch, timestamp: broker.now() })
}

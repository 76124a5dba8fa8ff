/**
 * OffsetForLeaderEpoch.
 * Behaviour: where the largest epoch at most the one asked for ends (KIP-320): readers find out by it what was lost.
 */
import { OffsetForLeaderEpoch } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { leaderProblem } from '../leader-problem.ts'
import type { PartitionLog } from '../log/log.ts'

type EpochRequest = Request<typeof OffsetForLeaderEpoch>
type Wanted = EpochRequest['topics'][number]['partitions'][number]
type Found = ResponseInput<typeof OffsetForLeaderEpoch>['topics'][number]['partitions'][number]

export const offsetForLeaderEpoch: AnyHandler = handler({
  api: OffsetForLeaderEpoch,
  execute: (request, broker, { node }) =>
    answer(request, (topic, wanted) => find(node, broker.topics.log(topic, wanted.partition), wanted)),
  refuse: (request, code) => answer(request, (_, { partition }) => nothing(partition, code)),
})

function answer(
  request: EpochRequest,
  respond: (topic: string, wanted: Wanted) => Found,
): ResponseInput<typeof OffsetForLeaderEpoch> {
  const topics = request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((wanted) => respond(topic, wanted)),
  }))
  return { throttleTimeMs: 0, topics }
}

function find(node: number, log: PartitionLog | undefined, wanted: Wanted): Found {
  const { partition } = wanted
  if (log === undefined) return nothing(partition, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  const code = leaderProblem(node, log, wanted.currentLeaderEpoch)
  if (code !== errorCode.NONE) return nothing(partition, code)
  const { epoch, endOffset } = log.endOfEpoch(wanted.leaderEpoch)
  return { errorCode: errorCode.NONE, partition, leaderEpoch: epoch, endOffset }
}

function nothing(partition: number, code: number): Found {
  return { errorCode: code, partition, leaderEpoch: -1, endOffset: -1 }
}

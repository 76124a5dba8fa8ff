/**
 * DeleteRecords.
 * Behaviour: moves the start of a partition; -1 stands for its end. The start never goes back. Topics that are only
 * compacted keep all their records.
 */
import { DeleteRecords } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { leaderProblem } from '../leader-problem.ts'
import { attempt } from '../storage/attempt.ts'
import type { Topic } from '../topics.ts'

type DeleteRequest = Request<typeof DeleteRecords>
type Deleted = ResponseInput<typeof DeleteRecords>['topics'][number]['partitions'][number]

export const deleteRecords: AnyHandler = handler({
  api: DeleteRecords,
  execute: (request, broker, { node }) =>
    answer(request, (name, partitionIndex, offset) =>
      deleteBelow(broker.topics.get(name), node, partitionIndex, offset),
    ),
  refuse: (request, code) => answer(request, (_, partitionIndex) => refused(partitionIndex, code)),
})

function answer(
  request: DeleteRequest,
  respond: (topic: string, partitionIndex: number, offset: number) => Deleted,
): ResponseInput<typeof DeleteRecords> {
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => respond(name, partitionIndex, offset)),
  }))
  return { throttleTimeMs: 0, topics }
}

function deleteBelow(topic: Topic | undefined, node: number, partitionIndex: number, offset: number): Deleted {
  const log = topic?.partitions[partitionIndex]
  if (topic === undefined || log === undefined) return refused(partitionIndex, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  const code = leaderProblem(node, log)
  if (code !== errorCode.NONE) return refused(partitionIndex, code)
  if (topic.configs.isCompacted && !topic.configs.isDeleted) return refused(partitionIndex, errorCode.POLICY_VIOLATION)
  if (offset < -1 || offset > log.endOffset) return refused(partitionIndex, errorCode.OFFSET_OUT_OF_RANGE)
  const storageCode = attempt(() => log.deleteBelow(offset === -1 ? log.endOffset : offset))
  if (storageCode !== errorCode.NONE) return refused(partitionIndex, storageCode)
  return { partitionIndex, lowWatermark: log.startOffset, errorCode: errorCode.NONE }
}

function refused(partitionIndex: number, code: number): Deleted {
  return { partitionIndex, lowWatermark: -1, errorCode: code }
}

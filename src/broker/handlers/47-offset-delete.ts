/**
 * OffsetDelete.
 * Behaviour: deletes positions of topics that no member reads (KIP-496). Members that are no consumers keep all.
 */
import { OffsetDelete } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { namedGroupProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'

type DeleteRequest = Request<typeof OffsetDelete>
type DeleteResponse = ResponseInput<typeof OffsetDelete>

export const offsetDelete: AnyHandler = handler({
  api: OffsetDelete,
  execute(request, broker, caller) {
    const code = namedGroupProblem(broker, caller, request.groupId)
    return code === errorCode.NONE ? deletePositions(request, broker) : refuse(request, code)
  },
  refuse,
})

function deletePositions({ groupId, topics }: DeleteRequest, broker: Broker): DeleteResponse {
  const isKnown = (topic: string, partition: number): boolean => broker.topics.log(topic, partition) !== undefined
  const wanted = topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ partitionIndex }) => isKnown(name, partitionIndex))
      .map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
  )
  const deleted = broker.groups.positions.delete(groupId, wanted)
  if (deleted.errorCode !== errorCode.NONE) return { errorCode: deleted.errorCode, throttleTimeMs: 0, topics: [] }
  const codeOf = (topic: string, partition: number): number => {
    if (!isKnown(topic, partition)) return errorCode.UNKNOWN_TOPIC_OR_PARTITION
    return deleted.isRead(topic) ? errorCode.GROUP_SUBSCRIBED_TO_TOPIC : errorCode.NONE
  }
  const answered = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: codeOf(name, partitionIndex) })),
  }))
  return { errorCode: errorCode.NONE, throttleTimeMs: 0, topics: answered }
}

function refuse(_: DeleteRequest, code: number): DeleteResponse {
  return { errorCode: code, throttleTimeMs: 0, topics: [] }
}

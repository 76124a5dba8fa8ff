/**
 * FindCoordinator.
 * Behaviour: the leader of the internal topic's partition into which a group (type 0) or a transactional id (type 1)
 * falls. Kafka makes the topic at the first question and answers COORDINATOR_NOT_AVAILABLE until it is there; here it
 * is there at once.
 * Version notes: 1 transactional ids · 4 several keys at once · 6 share groups (type 2), which are refused.
 */
import type { TopicPartition } from '../../record.ts'
import { FindCoordinator } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { offsetsPartition, transactionsPartition } from '../internal-topics.ts'

type Found = Omit<NonNullable<ResponseInput<typeof FindCoordinator>['coordinators']>[number], 'key'>

const severalFrom = 4
const nobody = { nodeId: -1, host: '', port: -1 }

export const findCoordinator: AnyHandler = handler({
  api: FindCoordinator,
  execute(request, broker, { version }) {
    if (version >= severalFrom && request.coordinatorKeys.length === 0) return { throttleTimeMs: 0, coordinators: [] }
    if (request.keyType !== 0 && request.keyType !== 1) return refuse(request, errorCode.INVALID_REQUEST)
    const find = request.keyType === 0 ? offsetsPartition : transactionsPartition
    if (version < severalFrom) return { throttleTimeMs: 0, ...coordinator(find(request.key), broker) }
    const coordinators = request.coordinatorKeys.map((key) => ({ key, ...coordinator(find(key), broker) }))
    return { throttleTimeMs: 0, coordinators }
  },
  refuse,
})

function coordinator(partition: TopicPartition, { nodes, coordinators }: Broker): Found {
  const node = nodes.get(coordinators.nodeOf(partition))
  if (node === undefined) return { ...nobody, errorCode: errorCode.COORDINATOR_NOT_AVAILABLE, errorMessage: '' }
  return { nodeId: node.id, ...node.address, errorCode: errorCode.NONE, errorMessage: null }
}

function refuse(
  { coordinatorKeys }: Request<typeof FindCoordinator>,
  code: number,
): ResponseInput<typeof FindCoordinator> {
  const refused = { ...nobody, errorCode: code, errorMessage: null }
  if (coordinatorKeys.length === 0) return { throttleTimeMs: 0, ...refused }
  return { throttleTimeMs: 0, coordinators: coordinatorKeys.map((key) => ({ key, ...refused })) }
}

/**
 * FindCoordinator.
 * Behaviour: there is one node, which coordinates every group (type 0) and every transactional id (type 1).
 * Version notes: 1 transactional ids · 4 several keys at once · 6 share groups (type 2), which are refused.
 */
import { FindCoordinator } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'

const severalFrom = 4
const nobody = { nodeId: -1, host: '', port: -1 }

export const findCoordinator: AnyHandler = handler({
  api: FindCoordinator,
  execute(request, broker, { version }) {
    if (request.keyType !== 0 && request.keyType !== 1) return refuse(request, errorCode.INVALID_REQUEST)
    const node = broker.nodes.all()[0]!
    const found = { nodeId: node.id, ...node.address, errorCode: errorCode.NONE, errorMessage: null }
    if (version < severalFrom) return { throttleTimeMs: 0, ...found }
    return { throttleTimeMs: 0, coordinators: request.coordinatorKeys.map((key) => ({ key, ...found })) }
  },
  refuse,
})

function refuse(
  { coordinatorKeys }: Request<typeof FindCoordinator>,
  code: number,
): ResponseInput<typeof FindCoordinator> {
  const refused = { ...nobody, errorCode: code, errorMessage: null }
  if (coordinatorKeys.length === 0) return { throttleTimeMs: 0, ...refused }
  return { throttleTimeMs: 0, coordinators: coordinatorKeys.map((key) => ({ key, ...refused })) }
}

/**
 * InitProducerId.
 * Behaviour: an identity for an idempotent producer, or the next epoch of a transactional id, which fences whoever had
 * it. While an old transaction is being ended the answer is CONCURRENT_TRANSACTIONS.
 * Version notes: 3 a client goes on with what it has (KIP-360) · 4 PRODUCER_FENCED, INVALID_PRODUCER_EPOCH before.
 */
import { InitProducerId } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { transactionCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, type Caller, handler } from '../handler.ts'
import { type Identified, refusal } from '../transactions/identity.ts'
import { fencedCode } from '../versions.ts'

const fencedFrom = 4

export const initProducerId: AnyHandler = handler({
  api: InitProducerId,
  execute(request, broker, caller) {
    const identified = identify(request, broker, caller)
    return { throttleTimeMs: 0, ...identified, errorCode: fencedCode(identified.errorCode, caller.version, fencedFrom) }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, ...refusal(code) }),
})

function identify(request: Request<typeof InitProducerId>, broker: Broker, caller: Caller): Identified {
  const { transactionalId, transactionTimeoutMs, producerId, producerEpoch } = request
  // One of the two alone says nothing.
  if (producerId < 0 !== producerEpoch < 0) return refusal(errorCode.INVALID_REQUEST)
  if (transactionalId === null) return broker.transactions.newProducer()
  const code = transactionCoordinatorProblem(broker, caller, transactionalId)
  if (code !== errorCode.NONE) return refusal(code)
  const expected = producerId < 0 ? null : { producerId, producerEpoch }
  return broker.transactions.initialise(transactionalId, transactionTimeoutMs, expected)
}

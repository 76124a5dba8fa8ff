/**
 * InitProducerId.
 * Behaviour: an identity for an idempotent producer, or the next epoch of a transactional id, which fences whoever had
 * it. While an old transaction is being ended the answer is CONCURRENT_TRANSACTIONS.
 * Version notes: 3 a client goes on with what it has (KIP-360) · 4 PRODUCER_FENCED, INVALID_PRODUCER_EPOCH before.
 */
import { InitProducerId } from '../../wire/apis/index.ts'
import { type AnyHandler, handler } from '../handler.ts'
import type { Identified } from '../transactions/coordinator.ts'
import { fencedCode } from '../versions.ts'

const fencedFrom = 4

export const initProducerId: AnyHandler = handler({
  api: InitProducerId,
  execute(request, broker, { version }) {
    const { transactionalId, transactionTimeoutMs, producerId, producerEpoch } = request
    const expected = producerId < 0 ? null : { producerId, producerEpoch }
    const identified: Identified =
      transactionalId === null
        ? broker.transactions.newProducer()
        : broker.transactions.initialise(transactionalId, transactionTimeoutMs, expected)
    return { throttleTimeMs: 0, ...identified, errorCode: fencedCode(identified.errorCode, version, fencedFrom) }
  },
  refuse: (_, errorCode) => ({ throttleTimeMs: 0, errorCode, producerId: -1, producerEpoch: -1 }),
})

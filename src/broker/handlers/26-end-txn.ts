/**
 * EndTxn.
 * Behaviour: answers once the decision is made; markers follow, and until the last of them the next transaction is
 * CONCURRENT_TRANSACTIONS.
 * Version notes: 2 PRODUCER_FENCED, INVALID_PRODUCER_EPOCH before · 4 TRANSACTION_ABORTABLE, never needed here ·
 * 5 raises the epoch and answers the next one (KIP-890).
 */
import { EndTxn } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { transactionCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { fencedCode } from '../versions.ts'

const fencedFrom = 2
const raisesFrom = 5

export const endTxn: AnyHandler = handler({
  api: EndTxn,
  execute({ committed, ...request }, broker, caller) {
    const { version } = caller
    const problem = transactionCoordinatorProblem(broker, caller, request.transactionalId)
    if (problem !== errorCode.NONE) return { throttleTimeMs: 0, errorCode: problem }
    const ending = committed ? 'commit' : 'abort'
    const ended = broker.transactions.end({ ...request, ending, raisesEpoch: version >= raisesFrom })
    return { throttleTimeMs: 0, ...ended, errorCode: fencedCode(ended.errorCode, version, fencedFrom) }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, errorCode: code }),
})

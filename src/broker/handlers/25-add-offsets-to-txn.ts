/**
 * AddOffsetsToTxn.
 * Behaviour: the group's positions become part of the transaction, as a partition of the topic they are kept in.
 * Version notes: 2 PRODUCER_FENCED, INVALID_PRODUCER_EPOCH before.
 */
import { AddOffsetsToTxn } from '../../wire/apis/index.ts'
import { transactionCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { offsetsPartition } from '../internal-topics.ts'
import { fencedCode } from '../versions.ts'

const fencedFrom = 2

export const addOffsetsToTxn: AnyHandler = handler({
  api: AddOffsetsToTxn,
  execute({ transactionalId, groupId, ...identity }, broker, caller) {
    const { version } = caller
    const code =
      transactionCoordinatorProblem(broker, caller, transactionalId) ||
      broker.transactions.add(transactionalId, identity, [offsetsPartition(groupId)])
    return { throttleTimeMs: 0, errorCode: fencedCode(code, version, fencedFrom) }
  },
  refuse: (_, errorCode) => ({ throttleTimeMs: 0, errorCode }),
})

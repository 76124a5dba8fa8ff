/**
 * TxnOffsetCommit.
 * Behaviour: stages positions until the transaction's marker arrives. Membership and generation are checked, not who
 * was assigned a partition.
 * Version notes: 3 generation, member and instance (KIP-447); before, nothing is checked · 4 TRANSACTION_ABORTABLE ·
 * 5 makes the positions part of the transaction; before, AddOffsetsToTxn must have.
 */
import { TxnOffsetCommit } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { transactionalCommitProblem } from '../commit-problem.ts'
import { namedGroupProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { offsetsPartition, transactionsPartition } from '../internal-topics.ts'
import { commitPositions, refusePositions } from '../positions.ts'
import { raisingProtocol } from '../transactions/transaction.ts'

const abortableFrom = 4
const enrolsFrom = 5

export const txnOffsetCommit: AnyHandler = handler({
  api: TxnOffsetCommit,
  execute(request, broker, caller) {
    const problem = (): number =>
      namedGroupProblem(broker, caller, request.groupId) ||
      transactionProblem(request, broker, caller.version) ||
      membershipProblem(request, broker)
    const topics = commitPositions(request.topics, broker, problem, (commits) =>
      broker.groups.positions.stage(request.groupId, commits, request),
    )
    return { throttleTimeMs: 0, topics }
  },
  refuse: (request, code) => ({ throttleTimeMs: 0, topics: refusePositions(request.topics, code) }),
})

function transactionProblem(request: Request<typeof TxnOffsetCommit>, broker: Broker, version: number): number {
  const { transactionalId: id } = request
  // Who cannot be asked whether the group is part of the transaction may be asked again.
  if (!broker.coordinators.isReady(transactionsPartition(id))) return errorCode.COORDINATOR_NOT_AVAILABLE
  const code =
    version >= enrolsFrom
      ? broker.transactions.add(id, request, [offsetsPartition(request.groupId)], raisingProtocol)
      : broker.transactions.verify(id, request, offsetsPartition(request.groupId))
  if (code === errorCode.PRODUCER_FENCED) return errorCode.INVALID_PRODUCER_EPOCH
  if (code === errorCode.TRANSACTION_ABORTABLE && version < abortableFrom) return errorCode.INVALID_TXN_STATE
  return code
}

function membershipProblem(request: Request<typeof TxnOffsetCommit>, broker: Broker): number {
  const { groupId, memberId, groupInstanceId: instanceId, generationId } = request
  return transactionalCommitProblem(broker, { groupId, memberId, instanceId, generationId })
}

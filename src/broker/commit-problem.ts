/** Whether positions may be written or read in somebody's name, in a group of whichever protocol. */
import { errorCode } from '../wire/errors.ts'
import type { Broker } from './broker.ts'
import type { MemberIdentity } from './groups/coordinator.ts'

/** Clients of the newer protocol write positions from this version of OffsetCommit on. */
const memberEpochsFrom = 9

/** For OffsetCommit. */
export function commitProblem(broker: Broker, identity: MemberIdentity, version: number): number {
  const { groupId, memberId, generationId: epoch } = identity
  const code = broker.consumerGroups.commitProblem({ groupId, memberId, epoch })
  if (code === null) return broker.groups.commitProblem(identity, false)
  const isTooOld = version < memberEpochsFrom && epoch >= 0 && code !== errorCode.UNKNOWN_MEMBER_ID
  return isTooOld ? errorCode.UNSUPPORTED_VERSION : code
}

/** For TxnOffsetCommit, whose clients do not know of member epochs: theirs is a generation to them. */
export function transactionalCommitProblem(broker: Broker, identity: MemberIdentity): number {
  const { groupId, memberId, instanceId, generationId: epoch } = identity
  const code = broker.consumerGroups.commitProblem({ groupId, memberId, epoch })
  if (code === null) return broker.groups.commitProblem(identity, true)
  // Clients older than KIP-447 give no name.
  if (memberId === '' && instanceId === null && epoch < 0) return errorCode.NONE
  return code === errorCode.STALE_MEMBER_EPOCH ? errorCode.ILLEGAL_GENERATION : code
}

/** For OffsetFetch; who gives no name may read. */
export function readProblem(
  broker: Broker,
  {
    groupId,
    memberId,
    memberEpoch,
  }: { readonly groupId: string; readonly memberId: string | null; readonly memberEpoch: number },
): number {
  if (memberId === null && memberEpoch < 0) return errorCode.NONE
  return (
    broker.consumerGroups.commitProblem({ groupId, memberId: memberId ?? '', epoch: memberEpoch }) ?? errorCode.NONE
  )
}

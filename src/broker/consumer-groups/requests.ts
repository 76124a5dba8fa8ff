/** What a heartbeat says, and what is wrong with it before anybody is asked. */
import type { ConsumerGroupHeartbeat } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request } from '../../wire/schema.ts'
import { isPattern } from '../patterns.ts'
import { assignors } from './assignors.ts'
import { awayEpoch, type ConsumerMember, joinEpoch } from './member.ts'

export type HeartbeatRequest = Request<typeof ConsumerGroupHeartbeat>

/** Members make their own ids from this version on; before, the coordinator gives them. */
const ownIdsFrom = 1

export function requestProblem(request: HeartbeatRequest, version: number): number {
  if (!isWellFormed(request, version)) return errorCode.INVALID_REQUEST
  const { serverAssignor, subscribedTopicRegex } = request
  if (serverAssignor !== null && !assignors.has(serverAssignor)) return errorCode.UNSUPPORTED_ASSIGNOR
  const isReadable = subscribedTopicRegex === null || isPattern(subscribedTopicRegex)
  return isReadable ? errorCode.NONE : errorCode.INVALID_REGULAR_EXPRESSION
}

function isWellFormed(request: HeartbeatRequest, version: number): boolean {
  const { groupId, memberId, memberEpoch, instanceId } = request
  if (groupId === '' || instanceId === '' || memberEpoch < awayEpoch) return false
  if (memberId === '' && (version >= ownIdsFrom || memberEpoch !== joinEpoch)) return false
  if (memberEpoch === awayEpoch) return instanceId !== null
  return memberEpoch !== joinEpoch || isWholeJoin(request)
}

/** Who joins says all there is to say, and holds nothing. */
function isWholeJoin(request: HeartbeatRequest): boolean {
  const { rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, topicPartitions } = request
  const isSubscribed = subscribedTopicNames !== null || (subscribedTopicRegex ?? '') !== ''
  return rebalanceTimeoutMs > 0 && isSubscribed && topicPartitions?.length === 0
}

export interface Sender {
  readonly clientId: string
  readonly clientHost: string
}

/** The member as it describes itself now: null says that something is as before. */
export function describedBy(member: ConsumerMember, request: HeartbeatRequest, sender: Sender): ConsumerMember {
  const { rackId, rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, serverAssignor } = request
  return {
    ...member,
    ...sender,
    rackId: rackId ?? member.rackId,
    rebalanceTimeout: rebalanceTimeoutMs === -1 ? member.rebalanceTimeout : rebalanceTimeoutMs,
    topicNames: subscribedTopicNames === null ? member.topicNames : [...new Set(subscribedTopicNames)].sort(),
    topicRegex: subscribedTopicRegex ?? member.topicRegex,
    assignor: serverAssignor ?? member.assignor,
  }
}

/** Whether a member reads other topics than before. */
export function readsOthers(before: ConsumerMember, now: ConsumerMember): boolean {
  return before.topicRegex !== now.topicRegex || before.topicNames.join() !== now.topicNames.join()
}

/** Whether a heartbeat says everything, so that it is answered with everything. */
export function isWhole(request: HeartbeatRequest): boolean {
  const { memberEpoch, rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, topicPartitions } = request
  if (memberEpoch === joinEpoch) return true
  const isSubscribed = subscribedTopicNames !== null || subscribedTopicRegex !== null
  return rebalanceTimeoutMs !== -1 && isSubscribed && topicPartitions !== null
}

/** The one request by which a member of a group of the newer protocol says everything (KIP-848). */
import { ConsumerGroupHeartbeat } from '../../../wire/apis/68-consumer-group-heartbeat.ts'
import type { Response } from '../../../wire/schema.ts'
import { refusal } from '../../faults.ts'
import type { Seat } from './group-requests.ts'

export interface TopicShare {
  readonly topicId: string
  readonly partitions: readonly number[]
}

/** Null stands for "as before". */
export interface Beat {
  readonly memberId: string
  readonly memberEpoch: number
  readonly terms: { readonly topics: readonly string[]; readonly rebalanceTimeoutMilliseconds: number } | null
  readonly owned: readonly TopicShare[] | null
}

export const joinEpoch = 0
const leaveEpoch = -1
/** A static member is expected back. */
const awayEpoch = -2

/** @throws KafkaError `fenced` when the group has gone on without the member */
export async function beat(seat: Seat, said: Beat): Promise<Response<typeof ConsumerGroupHeartbeat>> {
  const body = () => ({
    groupId: seat.group,
    memberId: said.memberId,
    memberEpoch: said.memberEpoch,
    instanceId: seat.instanceId,
    rackId: null,
    rebalanceTimeoutMs: said.terms?.rebalanceTimeoutMilliseconds ?? -1,
    subscribedTopicNames: said.terms?.topics ?? null,
    serverAssignor: null,
    topicPartitions: said.owned,
  })
  const answer = await seat.coordinator.ask(ConsumerGroupHeartbeat, body, { purpose: seat.purpose })
  if (answer.errorCode === 0) return answer
  seat.coordinator.hasMoved(answer.errorCode)
  throw refusal(answer.errorCode, 'ConsumerGroupHeartbeat', `group ${seat.group}`, answer.errorMessage)
}

/** On the same connection as the beats: it comes behind them. */
export async function depart(seat: Seat, memberId: string, keepPlace: boolean): Promise<void> {
  await beat(seat, { memberId, memberEpoch: keepPlace ? awayEpoch : leaveEpoch, terms: null, owned: null })
}

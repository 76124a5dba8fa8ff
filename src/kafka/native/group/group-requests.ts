/** What a member asks of its group's coordinator, one function a request; the codes become faults here. */
import { JoinGroup } from '../../../wire/apis/11-join-group.ts'
import { Heartbeat } from '../../../wire/apis/12-heartbeat.ts'
import { LeaveGroup } from '../../../wire/apis/13-leave-group.ts'
import { SyncGroup } from '../../../wire/apis/14-sync-group.ts'
import { errorCode } from '../../../wire/errors.ts'
import type { Response } from '../../../wire/schema.ts'
import { refusal } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { Purpose } from '../cluster/cluster.ts'
import type { Coordinator } from '../cluster/coordinators.ts'
import { protocolType } from './group-protocol.ts'

/** Who asks, and on which connection: joins wait there for the others. */
export interface Seat {
  readonly coordinator: Coordinator
  readonly group: string
  readonly instanceId: string | null
  readonly purpose: Purpose
}

export interface JoinTerms {
  readonly sessionTimeoutMilliseconds: number
  readonly rebalanceTimeoutMilliseconds: number
  readonly protocolName: string
  /** How long the answer may take: as long as the slowest member may. */
  readonly timeout: number
}

/**
 * Joins. Who comes without a member id is given one and comes again with it (KIP-394).
 */
export async function join(
  seat: Seat,
  memberId: string,
  metadata: Buffer,
  terms: JoinTerms,
): Promise<Response<typeof JoinGroup>> {
  const body = () => ({
    groupId: seat.group,
    sessionTimeoutMs: terms.sessionTimeoutMilliseconds,
    rebalanceTimeoutMs: terms.rebalanceTimeoutMilliseconds,
    memberId,
    groupInstanceId: seat.instanceId,
    protocolType,
    protocols: [{ name: terms.protocolName, metadata }],
  })
  const { purpose, coordinator } = seat
  const answer = await coordinator.ask(JoinGroup, body, { purpose, timeout: terms.timeout })
  if (answer.errorCode === errorCode.MEMBER_ID_REQUIRED) {
    if (memberId !== '') throw new KafkaError('fatal', 'PROTOCOL', 'JoinGroup', 'A member id was given twice')
    return join(seat, answer.memberId, metadata, terms)
  }
  check(seat, answer.errorCode, 'JoinGroup')
  return answer
}

/** Gives the others' shares if this is the leader, and takes one's own. */
export async function sync(
  seat: Seat,
  joined: Response<typeof JoinGroup>,
  assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
  terms: JoinTerms,
): Promise<Buffer> {
  const body = () => ({
    groupId: seat.group,
    generationId: joined.generationId,
    memberId: joined.memberId,
    groupInstanceId: seat.instanceId,
    protocolType,
    protocolName: terms.protocolName,
    assignments,
  })
  const answer = await seat.coordinator.ask(SyncGroup, body, { purpose: seat.purpose, timeout: terms.timeout })
  check(seat, answer.errorCode, 'SyncGroup')
  return answer.assignment
}

export async function heartbeat(seat: Seat, memberId: string, generation: number): Promise<void> {
  const body = () => ({
    groupId: seat.group,
    generationId: generation,
    memberId,
    groupInstanceId: seat.instanceId,
  })
  const answer = await seat.coordinator.ask(Heartbeat, body, { purpose: seat.purpose })
  check(seat, answer.errorCode, 'Heartbeat')
}

/** Gives up the place at once, also that of a static member (KIP-345). On another connection: a join may wait on its own. */
export async function leave(seat: Seat, memberId: string): Promise<void> {
  const members = [{ memberId, groupInstanceId: seat.instanceId }]
  const answer = await seat.coordinator.ask(LeaveGroup, () => ({ groupId: seat.group, members }), {
    purpose: 'control',
  })
  check(seat, answer.errorCode || (answer.members[0]?.errorCode ?? 0), 'LeaveGroup')
}

function check(seat: Seat, code: number, request: string): void {
  if (code === 0) return
  seat.coordinator.hasMoved(code)
  throw refusal(code, request, `group ${seat.group}`)
}

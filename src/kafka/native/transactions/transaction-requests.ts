/** What a transactional producer asks of coordinators, one function a request; the codes become faults here. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { InitProducerId } from '../../../wire/apis/22-init-producer-id.ts'
import { AddPartitionsToTxn } from '../../../wire/apis/24-add-partitions-to-txn.ts'
import { AddOffsetsToTxn } from '../../../wire/apis/25-add-offsets-to-txn.ts'
import { EndTxn } from '../../../wire/apis/26-end-txn.ts'
import { TxnOffsetCommit } from '../../../wire/apis/28-txn-offset-commit.ts'
import { errorCode } from '../../../wire/errors.ts'
import { byTopic } from '../../by-topic.ts'
import { refusal } from '../../faults.ts'
import type { KafkaError, MemberIdentity, PartitionOffset } from '../../port.ts'
import type { Coordinator } from '../cluster/coordinators.ts'
import { offsetTopics } from '../group/offset-topics.ts'
import type { Identity } from '../produce/lane.ts'

/** Highest versions where `transaction.version` 2 is not finalised (KIP-890). */
export const firstProtocolCaps = { Produce: 11, TxnOffsetCommit: 4, EndTxn: 4 } as const

const control = { purpose: 'data' } as const

/** Whose transaction it is. */
export interface Owner extends Identity {
  readonly transactionalId: string
}

/** Takes the id over from whoever had it; with the present identity given, only if nobody else has taken it since. */
export async function initProducer(
  coordinator: Coordinator,
  transactionalId: string,
  timeoutMilliseconds: number,
  present: Identity | null,
): Promise<Identity> {
  const body = () => ({ transactionalId, transactionTimeoutMs: timeoutMilliseconds, ...present })
  const answer = await coordinator.ask(InitProducerId, body, control)
  check(coordinator, answer.errorCode, 'InitProducerId', transactionalId)
  return { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
}

/** Protocol 1: names partitions before anything is produced to them. */
export async function addPartitions(
  coordinator: Coordinator,
  owner: Owner,
  places: readonly TopicPartition[],
): Promise<void> {
  const topics = byTopic(places).map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map((place) => place.partition),
  }))
  const body = () => ({
    v3AndBelowTransactionalId: owner.transactionalId,
    v3AndBelowProducerId: owner.producerId,
    v3AndBelowProducerEpoch: owner.producerEpoch,
    v3AndBelowTopics: topics,
  })
  const answer = await coordinator.ask(AddPartitionsToTxn, body, control)
  const codes = answer.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
    resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
  )
  check(coordinator, decisiveCode(codes), 'AddPartitionsToTxn', owner.transactionalId)
}

/** Protocol 1: names the group before its positions are committed. */
export async function addOffsets(coordinator: Coordinator, owner: Owner, groupId: string): Promise<void> {
  const answer = await coordinator.ask(AddOffsetsToTxn, () => ({ ...owner, groupId }), control)
  check(coordinator, answer.errorCode, 'AddOffsetsToTxn', owner.transactionalId)
}

/** Commits positions with the transaction; the coordinator of the *group* refuses who is not a current member. */
export async function commitOffsets(
  groupCoordinator: Coordinator,
  owner: Owner,
  member: MemberIdentity,
  positions: readonly PartitionOffset[],
  cap: number,
): Promise<void> {
  const { group, memberId, generation, instanceId } = member
  // Without a generation the coordinator of an empty group would check nothing.
  if (generation < 0 || memberId === '') throw refusal(errorCode.UNKNOWN_MEMBER_ID, 'TxnOffsetCommit', `group ${group}`)
  const topics = offsetTopics(positions)
  const body = () => ({
    ...owner,
    groupId: group,
    generationId: generation,
    memberId,
    groupInstanceId: instanceId,
    topics,
  })
  const answer = await groupCoordinator.ask(TxnOffsetCommit, body, { ...control, cap })
  const places = answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode: code }) => ({ topic: name, partition: partitionIndex, code })),
  )
  const code = decisiveCode(places.map((place) => place.code))
  const place = places.find((candidate) => candidate.code === code)
  const subject = place === undefined ? `group ${group}` : `${partitionName(place)} of group ${group}`
  check(groupCoordinator, code, 'TxnOffsetCommit', subject)
}

/** Ends the transaction; protocol 2 answers with the identity of the next one. */
export async function endTransaction(
  coordinator: Coordinator,
  owner: Owner,
  committed: boolean,
  cap: number,
): Promise<Identity> {
  const answer = await coordinator.ask(EndTxn, () => ({ ...owner, committed }), { ...control, cap })
  check(coordinator, answer.errorCode, 'EndTxn', owner.transactionalId)
  const isNew = answer.producerId >= 0
  return {
    producerId: isNew ? answer.producerId : owner.producerId,
    producerEpoch: isNew ? answer.producerEpoch : owner.producerEpoch,
  }
}

/** Whether a code only says that the previous transaction is still being completed. */
export function isConcurrent(error: KafkaError): boolean {
  return error.reason === 'CONCURRENT_TRANSACTIONS'
}

/** All partitions of a request share its fate; the one at fault says more than those that were not attempted. */
function decisiveCode(codes: readonly number[]): number {
  const wrong = codes.filter((code) => code !== 0)
  return wrong.find((code) => code !== errorCode.OPERATION_NOT_ATTEMPTED) ?? wrong[0] ?? 0
}

function check(coordinator: Coordinator, code: number, request: string, subject: string): void {
  if (code === 0) return
  coordinator.hasMoved(code)
  throw refusal(code, request, subject)
}

/** Commits positions of a group outside of transactions. */
import { partitionName } from '../../../record.ts'
import { OffsetCommit } from '../../../wire/apis/08-offset-commit.ts'
import { refusal } from '../../faults.ts'
import type { MemberIdentity, PartitionOffset } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { Coordinator } from '../cluster/coordinators.ts'
import { offsetTopics } from './offset-topics.ts'

/**
 * Positions of a member in its generation (KIP-345 for static ones). Committing the same once more changes nothing, so
 * a lost answer is asked for again.
 * @throws KafkaError `fenced` when the group has gone on without the member
 */
export async function commitPositions(
  cluster: Cluster,
  member: MemberIdentity,
  positions: readonly PartitionOffset[],
): Promise<void> {
  if (positions.length === 0) return
  const coordinator = new Coordinator(cluster, 'group', member.group)
  await cluster.repeat(() => ask(coordinator, member, positions))
}

async function ask(
  coordinator: Coordinator,
  { group, memberId, generation, instanceId }: MemberIdentity,
  positions: readonly PartitionOffset[],
): Promise<void> {
  const topics = offsetTopics(positions)
  const body = () => ({
    groupId: group,
    generationIdOrMemberEpoch: generation,
    memberId,
    groupInstanceId: instanceId,
    topics,
  })
  const answer = await coordinator.ask(OffsetCommit, body, { purpose: 'control' })
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode: code } of partitions) {
      if (code === 0) continue
      coordinator.hasMoved(code)
      throw refusal(
        code,
        'OffsetCommit',
        `${partitionName({ topic: name, partition: partitionIndex })} of group ${group}`,
      )
    }
  }
}

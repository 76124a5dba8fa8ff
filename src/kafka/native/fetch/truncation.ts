/** Whether what was read is still in the log (KIP-320): an unclean election may have cut it off and written other records there. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { OffsetForLeaderEpoch } from '../../../wire/apis/23-offset-for-leader-epoch.ts'
import { byTopic } from '../../by-topic.ts'
import { refusal } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'

/** A position that was right under an earlier leader. */
export interface Doubt {
  readonly place: TopicPartition
  readonly position: number
  /** Of the last batch before the position. */
  readonly lastEpoch: number
  /** Of the leader that is asked. */
  readonly leaderEpoch: number
}

/**
 * Asks the leader where the epoch of the last batch ended in its log. By partition: null when the position is in the log,
 * else the error: `out-of-range` with reason LOG_TRUNCATION, or what keeps the leader from telling.
 * @throws KafkaError when there is no answer at all
 */
export async function checkPositions(
  cluster: Cluster,
  node: number,
  doubts: readonly Doubt[],
): Promise<Map<string, KafkaError | null>> {
  const topics = byTopic(doubts.map((doubt) => ({ ...doubt.place, ...doubt })))
  const answer = await cluster.link(node, 'control').request(OffsetForLeaderEpoch, () => ({
    replicaId: -1,
    topics: topics.map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, leaderEpoch, lastEpoch }) => ({
        partition,
        currentLeaderEpoch: leaderEpoch,
        leaderEpoch: lastEpoch,
      })),
    })),
  }))
  const doubted = new Map(doubts.map((doubt) => [partitionName(doubt.place), doubt]))
  const verdicts = new Map<string, KafkaError | null>()
  for (const { topic, partitions } of answer.topics) {
    for (const { partition, errorCode, leaderEpoch, endOffset } of partitions) {
      const name = partitionName({ topic, partition })
      const doubt = doubted.get(name)
      if (errorCode !== 0) verdicts.set(name, refusal(errorCode, 'OffsetForLeaderEpoch', name))
      else if (doubt !== undefined) verdicts.set(name, verdictOn(doubt, leaderEpoch, endOffset))
    }
  }
  return verdicts
}

/**
 * The position stands when the epoch of the last batch is in the leader's log and reaches that far. An answer about an
 * earlier epoch means that the leader never had the batch; -1, that it knows nothing that old.
 * @example verdictOn({ place, position: 40, lastEpoch: 3, leaderEpoch: 5 }, 3, 31)?.reason // 'LOG_TRUNCATION'
 */
function verdictOn({ place, position, lastEpoch, leaderEpoch }: Doubt, epoch: number, end: number): KafkaError | null {
  if (epoch === lastEpoch && end >= position) return null
  const where = epoch < 0 || end < 0 ? `knows nothing of leader epoch ${lastEpoch}` : `parts from it at offset ${end}`
  const message =
    `${partitionName(place)} was read up to offset ${position}, and the log of its leader in epoch ${leaderEpoch} ${where}: ` +
    'records were lost in an unclean leader election'
  return new KafkaError('out-of-range', 'LOG_TRUNCATION', 'OffsetForLeaderEpoch', message, { partition: place })
}

import { byTopic } from '../../by-topic.ts'
import type { PartitionOffset } from '../../port.ts'

/** Positions as the requests that commit them want them. */
export function offsetTopics(positions: readonly PartitionOffset[]) {
  return byTopic(positions).map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedMetadata: '',
    })),
  }))
}

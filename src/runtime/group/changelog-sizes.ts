/** How much of its changelogs a member has to read that has nothing of a task's state. */
import type { Kafka } from '../../kafka/port.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import type { TaskDescription } from '../plan.ts'
import { offsetsByName } from '../restore/restore.ts'

/** Records by task, at most: compaction may have left fewer. */
export async function changelogSizes(
  kafka: Kafka,
  tasks: readonly TaskDescription[],
): Promise<ReadonlyMap<string, number>> {
  const places = tasks.flatMap(changelogsOf)
  if (places.length === 0) return new Map()
  const [starts, ends] = await Promise.all([kafka.offsets(places, 'earliest'), kafka.offsets(places, 'end')])
  const [from, to] = [offsetsByName(starts), offsetsByName(ends)]
  const size = (place: TopicPartition): number => to.get(partitionName(place))! - from.get(partitionName(place))!
  return new Map(
    tasks.map((task) => [task.id, changelogsOf(task).reduce((sum, place) => sum + size(place), 0)] as const),
  )
}

function changelogsOf({ subTopology, partition }: TaskDescription): TopicPartition[] {
  return subTopology.stores.map(({ changelog }) => ({ topic: changelog, partition }))
}

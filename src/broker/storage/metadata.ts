/** What a broker remembers beside its records, as a fold over changes: cluster, topics, settings, epochs, starts. */

export interface StoredPartition {
  readonly leaderEpoch: number
  /** Nothing below is to be read. */
  readonly startOffset: number
}

export interface StoredTopic {
  readonly name: string
  readonly id: string
  /** Copies of each partition. */
  readonly factor: number
  readonly configs: Readonly<Record<string, string>>
  readonly partitions: readonly StoredPartition[]
}

export interface Metadata {
  readonly clusterId: string
  /** First producer id that nobody has been given. */
  readonly nextProducerId: number
  /** By id, in the order of their creation. */
  readonly topics: ReadonlyMap<string, StoredTopic>
}

export type Change =
  | { readonly kind: 'cluster'; readonly id: string }
  | { readonly kind: 'producer-ids'; readonly next: number }
  | { readonly kind: 'topic'; readonly name: string; readonly id: string; readonly factor: number }
  | { readonly kind: 'configs'; readonly topic: string; readonly configs: Readonly<Record<string, string>> }
  | { readonly kind: 'partitions'; readonly topic: string; readonly count: number }
  | { readonly kind: 'epoch'; readonly topic: string; readonly partition: number; readonly epoch: number }
  | { readonly kind: 'start'; readonly topic: string; readonly partition: number; readonly offset: number }
  | { readonly kind: 'deleted'; readonly topic: string }

export const noMetadata: Metadata = { clusterId: '', nextProducerId: 0, topics: new Map() }

const freshPartition: StoredPartition = { leaderEpoch: 0, startOffset: 0 }

/**
 * The metadata after a change. Topics are named by their ids in every change, since a name may come back.
 * @example applied(noMetadata, { kind: 'cluster', id: 'one' }).clusterId // 'one'
 */
export function applied(metadata: Metadata, change: Change): Metadata {
  switch (change.kind) {
    case 'cluster':
      return { ...metadata, clusterId: change.id }
    case 'producer-ids':
      return { ...metadata, nextProducerId: change.next }
    case 'topic': {
      const { name, id, factor } = change
      return withTopic(metadata, { name, id, factor, configs: {}, partitions: [] })
    }
    case 'deleted':
      return { ...metadata, topics: new Map([...metadata.topics].filter(([id]) => id !== change.topic)) }
    default: {
      const topic = metadata.topics.get(change.topic)
      return topic === undefined ? metadata : withTopic(metadata, changed(topic, change))
    }
  }
}

type TopicChange = Extract<Change, { readonly kind: 'configs' | 'partitions' | 'epoch' | 'start' }>

function changed(topic: StoredTopic, change: TopicChange): StoredTopic {
  switch (change.kind) {
    case 'configs':
      return { ...topic, configs: change.configs }
    case 'partitions': {
      const more = Math.max(0, change.count - topic.partitions.length)
      return { ...topic, partitions: [...topic.partitions, ...Array<StoredPartition>(more).fill(freshPartition)] }
    }
    case 'epoch':
      return withPartition(topic, change.partition, { leaderEpoch: change.epoch })
    case 'start':
      return withPartition(topic, change.partition, { startOffset: change.offset })
  }
}

/** The fewest changes that lead to this metadata. */
export function changesFor({ clusterId, nextProducerId, topics }: Metadata): Change[] {
  return [
    { kind: 'cluster', id: clusterId },
    { kind: 'producer-ids', next: nextProducerId },
    ...[...topics.values()].flatMap(changesForTopic),
  ]
}

function changesForTopic({ name, id, factor, configs, partitions }: StoredTopic): Change[] {
  const changes: Change[] = [
    { kind: 'topic', name, id, factor },
    { kind: 'configs', topic: id, configs },
    { kind: 'partitions', topic: id, count: partitions.length },
  ]
  for (const [partition, { leaderEpoch, startOffset }] of partitions.entries()) {
    if (leaderEpoch > 0) changes.push({ kind: 'epoch', topic: id, partition, epoch: leaderEpoch })
    if (startOffset > 0) changes.push({ kind: 'start', topic: id, partition, offset: startOffset })
  }
  return changes
}

function withTopic(metadata: Metadata, topic: StoredTopic): Metadata {
  return { ...metadata, topics: new Map(metadata.topics).set(topic.id, topic) }
}

function withPartition(topic: StoredTopic, partition: number, change: Partial<StoredPartition>): StoredTopic {
  return {
    ...topic,
    partitions: topic.partitions.map((one, index) => (index === partition ? { ...one, ...change } : one)),
  }
}

/** Opening what a broker keeps, and letting go of it again when that fails. */
import type { Random } from '../random.ts'
import { randomUuid } from './identifiers.ts'
import type { Settings } from './options.ts'
import { type BrokerData, MemoryData } from './storage/data.ts'
import { DirectoryData } from './storage/directory.ts'
import { Topics, type TopicsOptions } from './topics.ts'

/** @throws MillraceError MR1003 when the directory is in use, damaged, or of a newer version */
export function openData({ directory, flush }: Settings): BrokerData {
  return directory === null ? new MemoryData() : new DirectoryData({ directory, flush })
}

/** The id that the cluster was given at its first start. */
export function clusterIdOf(data: BrokerData, random: Random): string {
  if (data.metadata.clusterId === '') data.record({ kind: 'cluster', id: randomUuid(random) })
  return data.metadata.clusterId
}

/** @throws MillraceError MR1003 when a partition cannot be read; then another broker may use the directory */
export function openTopics(options: TopicsOptions & { readonly data: BrokerData }): Topics {
  try {
    return new Topics(options)
  } catch (error) {
    options.data.crash({ loseUnsynced: false })
    throw error
  }
}

/** What the verbs that write have in common: which queue, which topology. */
import { type QueueName, resolveQueue } from '../../dead-letters/index.ts'
import type { Topology } from '../../index.ts'
import type { Kafka } from '../../kafka/port.ts'
import { topologyOf } from './filter.ts'

export interface QueueInHand {
  readonly queue: QueueName
  /** For options of the library: absent without a file. */
  readonly owner: { readonly topology?: Topology }
}

/** @throws MillraceError MR4401 for no queue, MR1002 for a file without its topology */
export async function queueInHand(kafka: Kafka, name: string, file: string | undefined): Promise<QueueInHand> {
  const queue = await resolveQueue(kafka, name)
  const topology = await topologyOf(file, queue.topic)
  return { queue, owner: topology === undefined ? {} : { topology } }
}

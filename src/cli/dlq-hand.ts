/** What the verbs that write have in common: who, which queue, which topology. */
import { hostname, userInfo } from 'node:os'
import { type QueueName, resolveQueue, type Topology } from '../index.ts'
import type { Kafka } from '../kafka/port.ts'
import { topologyOf } from './dlq-filter.ts'
import { safeLine } from './untrusted.ts'

/** `user@host`; who has no name on this machine is known by the number. */
export function whoIsThere(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}@${hostname()}`
  }
}

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

/** Lines of a name and what it is, aligned. */
export function printFields(fields: Readonly<Record<string, string | number | null>>): void {
  const width = Math.max(...Object.keys(fields).map(({ length }) => length))
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) console.log(safeLine(`${name.padEnd(width)}  ${value}`))
  }
}

/** `1,234`, the same on every machine. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

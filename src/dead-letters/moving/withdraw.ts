/**
 * Parked letters that nobody needs any more. Their sub-topology is told in the same transaction, through the topic in which
 * they would have come back: else the others of their key would wait for them for ever.
 */
import { findFault } from '../../faults.ts'
import type { Kafka, Transactions } from '../../kafka/port.ts'
import { partitionName } from '../../record.ts'
import { reentryHeaders } from '../../runtime/reentry/headers.ts'
import type { GraphDescription } from '../../topology/describe-graph.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import type { DeadLetter, LetterReport } from '../letter.ts'
import type { QueueName } from '../queue-name.ts'
import { dispositionOf } from './redrive-plan.ts'
import { type MovedRecord, reentryOf } from './redrive-record.ts'
import { findTargets, type QueueTargets } from './targets.ts'

/** Null for a queue in which no key waits, or that no topology says it has. */
export async function parkedTargets(
  kafka: Kafka,
  queue: QueueName,
  description: GraphDescription | null,
): Promise<QueueTargets | null> {
  try {
    const targets = await findTargets(kafka, queue, description, null)
    return targets.isPark ? targets : null
  } catch (error) {
    if (findFault(error)?.code === 'MR4414') return null
    throw error
  }
}

export type Withdrawn = LetterReport & Pick<DeadLetter, 'key' | 'time'>

/** What says that a letter comes no more; null where nobody can wait for it: it has no key, or no place of its own. */
export function withdrawalOf(letter: Withdrawn, targets: QueueTargets, job: string): MovedRecord | null {
  const disposition = dispositionOf(letter, { ...targets, to: null }, Number.POSITIVE_INFINITY)
  if (disposition.kind === 'pass-over' || letter.key === null) return null
  const { source, target } = disposition
  const headers = reentryHeaders({ ...reentryOf(letter, letter.time, { job, source }), withdrawn: true })
  return { target, timestamp: letter.time, key: Buffer.from(letter.key), value: null, headers }
}

/** A batch is sent before it gets larger than that. */
const batchBytes = 256 * 1_024

export async function writeWithdrawals(
  transactions: Pick<Transactions, 'append'>,
  records: readonly MovedRecord[],
): Promise<void> {
  for (const group of Map.groupBy(records, ({ target }) => partitionName(target)).values()) {
    const { target } = group[0]!
    const batch = new BatchBuilder()
    for (const { timestamp, key, value, headers } of group) {
      if (batch.sizeInBytes > batchBytes) await transactions.append(target, batch)
      batch.append(timestamp, key, value, headers)
    }
    await transactions.append(target, batch)
  }
}

/** What an operator does, as rows of the audit: the result in the transaction that brings it, a failure when it comes. */
import type { Clock } from '../clock.ts'
import { findFault, toError } from '../faults.ts'
import { type Kafka, KafkaError, type Transactions } from '../kafka/port.ts'
import { topicNames } from '../topology/graph.ts'
import { BatchBuilder } from '../wire/batch.ts'
import { type AuditRow, appendAudit } from './audit.ts'

/** One action of somebody. */
export interface Action {
  readonly app: string
  readonly who: string
  readonly action: string
  readonly target: string
  readonly clock: Clock
}

export function auditRow({ who, action, target, clock }: Action, detail: AuditRow['detail']): AuditRow {
  return { at: new Date(clock.now()).toISOString(), who, action, target, detail }
}

/** Within a transaction: what is done and what is said of it stand or fall together, wherever the process is killed. */
export async function auditWithin(
  transactions: Pick<Transactions, 'append'>,
  action: Action,
  detail: AuditRow['detail'],
): Promise<void> {
  const row = auditRow(action, detail)
  const batch = new BatchBuilder()
  batch.append(Date.parse(row.at), null, JSON.stringify(row))
  await transactions.append({ topic: topicNames.audit(action.app), partition: 0 }, batch)
}

/**
 * A row for work that fails; what it does itself it says itself.
 * @throws whatever the work throws, also where the audit can't be written
 */
export async function auditFailure<T>(
  kafka: Kafka,
  action: Action,
  detail: AuditRow['detail'],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const row = auditRow(action, { ...detail, result: 'failed', error: nameOf(error) })
    await appendAudit(kafka, action.app, row).catch(() => undefined)
    throw error
  }
}

/** Never a message: it may quote what others wrote. */
export function nameOf(error: unknown): string {
  return findFault(error)?.code ?? (error instanceof KafkaError ? error.reason : toError(error).name)
}

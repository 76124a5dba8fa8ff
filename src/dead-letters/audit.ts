/** The append-only topic `<app>.audit`: what operators did, and what of it workers carry out (`failures.md` 4). */
import { MillraceError } from '../faults.ts'
import type { Kafka } from '../kafka/port.ts'
import { restore } from '../runtime/restore/restore.ts'
import { topicNames } from '../topology/graph.ts'
import { BatchBuilder } from '../wire/batch.ts'

/** One action. */
export interface AuditRow {
  /** ISO time. */
  readonly at: string
  readonly who: string
  /** `redrive.start`, `edit`, `purge`, `import`, `task.resume`, `breaker.open`, … */
  readonly action: string
  /** A queue, a task, a breaker. */
  readonly target: string
  /** Filter, counts, result; never payloads. */
  readonly detail: Readonly<Record<string, unknown>>
}

/**
 * Appends a row; resolves when Kafka has it.
 * @example await appendAudit(kafka, 'orders', { at, who: 'ada@desk', action: 'breaker.open', target: 'risk-api', detail: {} })
 * @throws MillraceError MR4411 when the app has no audit topic: no worker of it ran, or it has nothing to operate
 */
export async function appendAudit(kafka: Kafka, app: string, row: AuditRow): Promise<void> {
  const topic = topicNames.audit(app)
  const [info] = await kafka.topics.describe([topic])
  if (!info?.exists) throw noAudit(app, topic)
  const producer = kafka.producer()
  try {
    const batch = new BatchBuilder()
    batch.append(Date.parse(row.at), null, JSON.stringify(row))
    await producer.append({ topic, partition: 0 }, batch)
  } finally {
    await producer.close()
  }
}

/**
 * All that was done, oldest first; empty for an app without an audit topic. What is no row is left out.
 * @example for (const { who, action, target } of await readAudit(kafka, 'orders')) console.log(who, action, target)
 */
export async function readAudit(kafka: Kafka, app: string): Promise<AuditRow[]> {
  const topic = topicNames.audit(app)
  const [info] = await kafka.topics.describe([topic])
  if (!info?.exists) return []
  const rows: AuditRow[] = []
  const apply = (_key: Buffer | null, value: Buffer | null): void => {
    const row = value === null ? null : auditRowOf(value.toString())
    if (row !== null) rows.push(row)
  }
  await restore(kafka, [{ partition: { topic, partition: 0 }, apply }], () => false)
  return rows
}

const texts = ['at', 'who', 'action', 'target'] as const

/** Total: null for a text that is no row. */
export function auditRowOf(text: string): AuditRow | null {
  try {
    const row = JSON.parse(text) as Partial<AuditRow> | null
    if (typeof row !== 'object' || row === null || texts.some((name) => typeof row[name] !== 'string')) return null
    return { ...(row as AuditRow), detail: row.detail ?? {} }
  } catch {
    return null
  }
}

function noAudit(app: string, topic: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4411',
    what: `There is no topology ${app} that keeps an audit`,
    why: `the topic ${topic} does not exist: workers make it where there are dead letters, a breaker or a pause`,
    fix: 'Correct the name, or start a worker of this release once',
  })
}

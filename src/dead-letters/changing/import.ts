/** Letters from a file of another queue, cluster or tool: appended as they are, all of them or none (`failures.md` 4). */
import { type Clock, systemClock } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { Kafka, Transactions } from '../../kafka/port.ts'
import { type Random, randomName, systemRandom } from '../../random.ts'
import type { TopicPartition } from '../../record.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import { type Action, auditFailure, auditWithin } from '../audit-action.ts'
import { claimed, writeRows } from '../moving/claim.ts'
import { receiptKey } from '../moving/jobs.ts'
import { ownTopics, partitionsOfQueue } from '../moving/own-topics.ts'
import { defaultWho } from '../moving/redrive-options.ts'
import { type QueueName, resolveQueue } from '../queue-name.ts'
import { reportOf } from '../reading/headers.ts'
import { type ImportedLetter, importedLetter } from './import-line.ts'

export interface ImportOptions {
  /** Topic of the queue, or its name where only one app has it. */
  readonly queue: string
  /** As `dlq export` writes them; empty ones are passed over. */
  readonly lines: Iterable<string> | AsyncIterable<string>
  /** True: only reads and counts. */
  readonly dryRun?: boolean
  readonly who?: string
  readonly clock?: Clock
  readonly random?: Random
}

export interface ImportResult {
  readonly queue: string
  readonly dryRun: boolean
  readonly letters: number
  /** Letters by whoever wrote them first: `millrace`, `connect`, … */
  readonly families: Readonly<Record<string, number>>
}

/** Bad lines that an error names. */
const mostNamed = 10
const batchBytes = 256 * 1_024

/**
 * Appends letters to a queue, key, value and headers verbatim, in one transaction. A line's partition is kept, modulo
 * those of the queue; its topic and offset are not looked at.
 * @example await importLetters(kafka, { queue: 'orders.dlq.unscored', lines: text.split('\n') })
 * @throws MillraceError MR4416 that names the lines which are none; then nothing is written
 */
export async function importLetters(kafka: Kafka, options: ImportOptions): Promise<ImportResult> {
  const { dryRun = false, who = defaultWho, clock = systemClock, random = systemRandom } = options
  const queue = await resolveQueue(kafka, options.queue)
  const partitions = await partitionsOfQueue(kafka, queue)
  if (dryRun) return resultOf(queue, dryRun, await readLines(options.lines))
  await ownTopics(kafka, queue)
  const action: Action = { app: queue.app, who, action: 'import', target: queue.topic, clock }
  return auditFailure(kafka, action, {}, async () => {
    const letters = await readLines(options.lines)
    const result = resultOf(queue, dryRun, letters)
    const id = randomName(random)
    await claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
      if (ledger.receipt(id) !== null) return
      const groups = Map.groupBy(letters, ({ partition }) => partition % partitions)
      for (const [partition, group] of groups) await appendAll(transactions, { topic: queue.topic, partition }, group)
      await writeRows(transactions, queue.app, clock.now(), [[receiptKey(id), String(letters.length)]])
      await auditWithin(transactions, action, { ...result, result: 'done' })
    })
    return result
  })
}

function resultOf({ topic }: QueueName, dryRun: boolean, letters: readonly ImportedLetter[]): ImportResult {
  const families: Record<string, number> = {}
  for (const { headers } of letters) {
    const { family } = reportOf(headers)
    families[family] = (families[family] ?? 0) + 1
  }
  return { queue: topic, dryRun, letters: letters.length, families }
}

async function appendAll(
  transactions: Pick<Transactions, 'append'>,
  place: TopicPartition,
  letters: readonly ImportedLetter[],
): Promise<void> {
  const batch = new BatchBuilder()
  for (const { timestamp, key, value, headers } of letters) {
    if (batch.count > 0 && batch.sizeInBytes + (value?.length ?? 0) > batchBytes) {
      await transactions.append(place, batch)
    }
    batch.append(timestamp, key, value, headers)
  }
  await transactions.append(place, batch)
}

async function readLines(lines: ImportOptions['lines']): Promise<ImportedLetter[]> {
  const letters: ImportedLetter[] = []
  const problems: string[] = []
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const letter = importedLetter(line)
    if (typeof letter === 'string') problems.push(`line ${number}: ${letter}`)
    else letters.push(letter)
  }
  if (problems.length === 0) return letters
  const more = problems.length > mostNamed ? `\nand ${problems.length - mostNamed} more` : ''
  throw new MillraceError('fatal', {
    code: 'MR4416',
    what: problems.length === 1 ? 'A line is no dead letter' : `${problems.length} lines are no dead letters`,
    why: problems.slice(0, mostNamed).join('\n') + more,
    fix: 'Each line is one record as millrace dlq export writes it. Nothing was written.',
  })
}

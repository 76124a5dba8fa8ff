/**
 * Changes of a queue, one at a time: whoever begins fences those who began before, reads what stands, and writes. Two
 * commands at once can't both see a queue without a job.
 */
import { type Clock, sleep } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import { type Kafka, KafkaError, type Transactions } from '../../kafka/port.ts'
import type { Random } from '../../random.ts'
import { topicNames } from '../../topology/graph.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import type { QueueName } from '../queue-name.ts'
import { activeJob, type Ledger, readLedger } from './ledger.ts'

/** How often an answer may be lost, or another command come in between, before the command gives up. */
const attempts = 8
const longestPause = 400

/** Two commands that disturb each other must not wait equally long. */
export interface Pauses {
  readonly clock: Clock
  readonly random: Random
}

/**
 * Reads the ledger and writes in one transaction that nobody else of this queue interleaves with. `work` runs again when
 * the answer to the commit was lost, or another command came in between: it must see in the ledger what it has done
 * itself, and what is no longer to be done.
 * @throws MillraceError MR4412 when other commands come in between again and again
 */
export async function claimed<T>(
  kafka: Kafka,
  queue: QueueName,
  { clock, random }: Pauses,
  work: (ledger: Ledger, transactions: Transactions) => Promise<T>,
): Promise<T> {
  // Not `-<number>`: that is how those are called who move letters of a partition, perhaps of another queue `name-0`.
  const transactions = kafka.transactions(`${queue.app}-redrive-${queue.name}-claim`, { timeout: { minutes: 1 } })
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await transactions.init()
        const result = await work(await readLedger(kafka, queue.app, queue.topic), transactions)
        if (transactions.open) await committed(transactions)
        return result
      } catch (error) {
        if (!isFenced(error) && !isUncertain(error)) throw await given(transactions, error)
        if (attempt === attempts) throw isFenced(error) ? interrupted(queue, error) : await given(transactions, error)
        await sleep(clock, random.next() * longestPause)
      }
    }
  } finally {
    await transactions.close()
  }
}

/** Until the marker of a commit is written, those who read up to the last stable offset do not see it: `init` waits for it. */
async function committed(transactions: Transactions): Promise<void> {
  await transactions.commit()
  await transactions.init().catch(() => undefined)
}

/** A batch is sent before it gets larger than that. */
const batchBytes = 256 * 1_024

/** Appends rows to the marks topic, in a transaction. */
export async function writeRows(
  transactions: Pick<Transactions, 'append'>,
  app: string,
  at: number,
  rows: Iterable<readonly [key: string, value: string | null]>,
): Promise<void> {
  const place = { topic: topicNames.marks(app), partition: 0 }
  const batch = new BatchBuilder()
  for (const [key, value] of rows) {
    batch.append(at, key, value)
    if (batch.sizeInBytes > batchBytes) await transactions.append(place, batch)
  }
  if (batch.count > 0) await transactions.append(place, batch)
}

/** @throws MillraceError MR4412 that names the other job */
export function refuseActive(ledger: Ledger, queue: QueueName): void {
  const active = activeJob(ledger)
  if (active === null) return
  throw new MillraceError('fatal', {
    code: 'MR4412',
    what: `The redrive ${active.id} of this queue has not ended`,
    where: `queue ${queue.topic}`,
    why: `${active.who} started it at ${active.startedAt}; ${active.moved} of ${active.selected} letters are moved`,
    fix: `millrace dlq redrive resume ${active.id}, or cancel it`,
  })
}

export function isFenced(error: unknown): boolean {
  return error instanceof KafkaError && error.fault === 'fenced'
}

/** Whether the same may be tried again after `init`. */
export function isUncertain(error: unknown): boolean {
  return error instanceof KafkaError && ['unknown-outcome', 'abortable', 'retriable'].includes(error.fault)
}

/** Gives back what was to be thrown, with nothing left open. */
async function given(transactions: Transactions, error: unknown): Promise<unknown> {
  if (transactions.open) await transactions.abort().catch(() => undefined)
  return error
}

function interrupted({ topic }: QueueName, cause: unknown): MillraceError {
  return new MillraceError(
    'fatal',
    {
      code: 'MR4412',
      what: 'Another command has taken the queue over',
      where: `queue ${topic}`,
      fix: 'Look with millrace dlq redrive status, and try again',
    },
    { cause },
  )
}

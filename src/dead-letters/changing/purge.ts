/** Dead letters that nobody needs: the oldest are deleted. Others can only be marked (`discard.ts`). */
import { type Clock, systemClock } from '../../clock.ts'
import type { Kafka } from '../../kafka/port.ts'
import { type Random, randomName, systemRandom } from '../../random.ts'
import { partitionsOfTopic } from '../../record.ts'
import { appendAudit } from '../audit.ts'
import { type Action, auditFailure, auditRow, auditWithin } from '../audit-action.ts'
import { claimed, refuseActive, writeRows } from '../moving/claim.ts'
import { receiptKey } from '../moving/jobs.ts'
import { type Ledger, readLedger } from '../moving/ledger.ts'
import { ownTopics, partitionsOfQueue } from '../moving/own-topics.ts'
import { defaultWho } from '../moving/redrive-options.ts'
import type { MovedRecord } from '../moving/redrive-record.ts'
import type { QueueTargets } from '../moving/targets.ts'
import { parkedTargets, withdrawalOf, writeWithdrawals } from '../moving/withdraw.ts'
import { type QueueName, resolveQueue } from '../queue-name.ts'
import { batchesOf, type Range, rangesOfTopic, recordsOf } from '../reading/batches.ts'
import { letterAt } from '../reading/subject.ts'
import { discardedRows, noteOffset } from './discarded-rows.ts'

/** What both ways of a purge are asked. */
export interface Purging {
  /** Topic of the queue, or its name where only one app has it. */
  readonly queue: string
  /** True: only counts. */
  readonly dryRun?: boolean
  readonly who?: string
  readonly clock?: Clock
  readonly random?: Random
}

export interface PurgeOptions extends Purging {
  /** Letters written before that time, or before that offset of one partition. */
  readonly before: { readonly time: number } | { readonly partition: number; readonly offset: number }
}

export interface PurgeResult {
  readonly queue: string
  readonly dryRun: boolean
  readonly action: 'deleted' | 'discarded'
  /** Letters in all. */
  readonly letters: number
  /** Of them, those nobody had settled. */
  readonly open: number
}

/**
 * Deletes the beginning of a queue (DeleteRecords).
 * @example await purgeLetters(kafka, { queue: 'orders.dlq.unscored', before: { time: Date.UTC(2026, 0) }, dryRun: true })
 * @throws MillraceError MR4412 while a redrive of the queue has not ended
 */
export async function purgeLetters(kafka: Kafka, options: PurgeOptions): Promise<PurgeResult> {
  const { dryRun = false, who = defaultWho, clock = systemClock, random = systemRandom, before } = options
  const queue = await resolveQueue(kafka, options.queue)
  const ranges = await rangesBefore(kafka, queue, await partitionsOfQueue(kafka, queue), before)
  const resultOf = ({ letters, open }: Found) => {
    return { queue: queue.topic, dryRun, action: 'deleted', letters, open } as const
  }
  if (dryRun)
    return resultOf(await find(kafka, ranges, await readLedger(kafka, queue.app, queue.topic, 'stable'), null))
  await ownTopics(kafka, queue)
  const action: Action = { app: queue.app, who, action: 'purge', target: queue.topic, clock }
  return auditFailure(kafka, action, { before }, async () => {
    const parked = await parkedTargets(kafka, queue, null)
    const id = randomName(random)
    let found: Found | null = null
    await claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
      if (ledger.receipt(id) === null) {
        refuseActive(ledger, queue)
        found = await find(kafka, ranges, ledger, parked && { targets: parked, job: `purge:${id}` })
        // Said before it is done: afterwards nobody could say which they were.
        await writeWithdrawals(transactions, found.withdrawn)
        const rows = discardedRows(queue.topic, found.withdrawnPlaces, { job: `purge:${id}`, who, clock })
        await writeRows(transactions, queue.app, clock.now(), [...rows, [receiptKey(id), 'purge']])
        await auditWithin(transactions, { ...action, action: 'purge.start' }, { ...resultOf(found), before })
        await transactions.commit()
      }
      const cut = ranges.filter(({ start, end }) => end > start)
      await kafka.topics.deleteRecords(cut.map(({ topic, partition, end }) => ({ topic, partition, offset: end })))
    })
    const result = resultOf(found!)
    await appendAudit(kafka, queue.app, auditRow(action, { ...result, before, result: 'done' }))
    return result
  })
}

async function rangesBefore(
  kafka: Kafka,
  { topic }: QueueName,
  partitions: number,
  before: PurgeOptions['before'],
): Promise<Range[]> {
  const ranges = await rangesOfTopic(kafka, topic, partitions)
  if ('offset' in before) {
    return ranges
      .filter(({ partition }) => partition === before.partition)
      .map((range) => ({ ...range, end: Math.min(range.end, Math.max(range.start, before.offset)) }))
  }
  const cuts = await kafka.offsets(partitionsOfTopic(topic, partitions), before)
  return ranges.map((range, index) => ({
    ...range,
    end: Math.min(range.end, Math.max(range.start, cuts[index]!.offset)),
  }))
}

interface Found {
  readonly letters: number
  readonly open: number
  /** Of keys that wait: by what their sub-topology is told that nothing comes any more. */
  readonly withdrawn: readonly MovedRecord[]
  readonly withdrawnPlaces: ReadonlyMap<number, readonly number[]>
}

async function find(
  kafka: Kafka,
  ranges: readonly Range[],
  ledger: Ledger,
  parked: { readonly targets: QueueTargets; readonly job: string } | null,
): Promise<Found> {
  let [letters, open] = [0, 0]
  const withdrawn: MovedRecord[] = []
  const withdrawnPlaces = new Map<number, number[]>()
  for await (const ranged of batchesOf(kafka, ranges)) {
    const { topic, partition } = ranged.range
    for (const cursor of recordsOf(ranged)) {
      letters++
      if (ledger.isSettled(partition, cursor.offset)) continue
      open++
      const withdrawal = parked && withdrawalOf(letterAt(cursor, topic, partition), parked.targets, parked.job)
      if (withdrawal === null) continue
      withdrawn.push(withdrawal)
      noteOffset(withdrawnPlaces, partition, cursor.offset)
    }
  }
  return { letters, open, withdrawn, withdrawnPlaces }
}

/** Dead letters that nobody needs: the oldest are deleted, others can only be marked (a log cannot lose its middle). */
import { type Clock, systemClock } from '../clock.ts'
import type { Kafka } from '../kafka/port.ts'
import { type Random, randomName, systemRandom } from '../random.ts'
import { partitionsOfTopic } from '../record.ts'
import { appendAudit } from './audit.ts'
import { batchesOf, type Range, rangesOfTopic, recordsOf } from './batches.ts'
import { claimed, refuseActive, writeRows } from './claim.ts'
import type { LetterFilter } from './filter/filter.ts'
import { groundsOf, type TopologyOptions } from './grounds.ts'
import { type Ledger, readLedger } from './ledger.ts'
import { type Mark, markKey } from './marks.ts'
import { ownTopics } from './own-topics.ts'
import { type QueueName, resolveQueue } from './queue-name.ts'
import { defaultWho } from './redrive-options.ts'
import type { MovedRecord } from './redrive-record.ts'
import { matcherOf } from './selection.ts'
import { letterAt } from './subject.ts'
import { parkedTargets, withdrawalOf, withdrawOpen, writeWithdrawals } from './withdraw.ts'

interface Purging {
  /** Topic of the queue, or its name where only one app has it. */
  readonly queue: string
  /** True: only counts. */
  readonly dryRun?: boolean
  readonly who?: string
  readonly clock?: Clock
  readonly random?: Random
}

type Write = (rows: readonly [key: string, mark: string][], withdrawn: readonly MovedRecord[]) => Promise<void>

export interface PurgeOptions extends Purging {
  /** Letters written before that time, or before that offset of one partition. */
  readonly before: { readonly time: number } | { readonly partition: number; readonly offset: number }
}

export interface DiscardOptions extends Purging, TopologyOptions {
  readonly filter: LetterFilter
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
  const partitions = await ownTopics(kafka, queue)
  const ranges = await rangesBefore(kafka, queue, partitions, before)
  const counted = await countIn(kafka, ranges, await readLedger(kafka, queue.app, queue.topic, 'stable'))
  const result = { queue: queue.topic, dryRun, action: 'deleted', ...counted } as const
  if (dryRun) return result
  const parked = await parkedTargets(kafka, queue, null)
  const job = `purge:${randomName(random)}`
  await claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
    refuseActive(ledger, queue)
    if (parked !== null) await withdrawOpen({ kafka, transactions, ranges, ledger, targets: parked, job })
    const cut = ranges.filter(({ start, end }) => end > start)
    await kafka.topics.deleteRecords(cut.map(({ topic, partition, end }) => ({ topic, partition, offset: end })))
  })
  await audited(kafka, queue, who, clock, { ...result, before })
  return result
}

/**
 * Marks open letters as discarded: they are passed over from then on, until retention takes them.
 * @example await discardLetters(kafka, { queue: 'orders.dlq.unscored', filter: { fingerprint: 'a1b2c3d4e5f6' } })
 */
export async function discardLetters(kafka: Kafka, options: DiscardOptions): Promise<PurgeResult> {
  const { dryRun = false, who = defaultWho, clock = systemClock, random = systemRandom, filter } = options
  const queue = await resolveQueue(kafka, options.queue)
  const partitions = await ownTopics(kafka, queue)
  const ranges = await rangesOfTopic(kafka, queue.topic, partitions)
  const job = `purge:${randomName(random)}`
  const { decode, description } = await groundsOf(options)
  const parked = await parkedTargets(kafka, queue, description)
  const matches = matcherOf(filter, decode, clock.now())
  const found = new Set<string>()
  const discard = async (ledger: Ledger, write: Write): Promise<void> => {
    const mark = JSON.stringify({
      state: 'discarded',
      job,
      who,
      at: new Date(clock.now()).toISOString(),
    } satisfies Mark)
    for await (const ranged of batchesOf(kafka, ranges)) {
      const rows: [string, string][] = []
      const withdrawn: MovedRecord[] = []
      const { topic, partition } = ranged.range
      for (const cursor of recordsOf(ranged)) {
        const letter = letterAt(cursor, topic, partition)
        if (ledger.isSettled(partition, cursor.offset) || !(await matches(letter))) continue
        const key = markKey({ topic, partition, offset: cursor.offset })
        found.add(key)
        rows.push([key, mark])
        const withdrawal = parked && withdrawalOf(letter, parked, job)
        if (withdrawal !== null) withdrawn.push(withdrawal)
      }
      await write(rows, withdrawn)
    }
  }
  if (dryRun) await discard(await readLedger(kafka, queue.app, queue.topic, 'stable'), async () => undefined)
  else {
    await claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
      refuseActive(ledger, queue)
      await discard(ledger, async (rows, withdrawn) => {
        await writeRows(transactions, queue.app, clock.now(), rows)
        await writeWithdrawals(transactions, withdrawn)
      })
    })
  }
  const result = { queue: queue.topic, dryRun, action: 'discarded', letters: found.size, open: found.size } as const
  if (!dryRun) await audited(kafka, queue, who, clock, { ...result, filter })
  return result
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

async function countIn(
  kafka: Kafka,
  ranges: readonly Range[],
  ledger: Ledger,
): Promise<{ letters: number; open: number }> {
  let [letters, open] = [0, 0]
  for await (const ranged of batchesOf(kafka, ranges)) {
    for (const { offset } of recordsOf(ranged)) {
      letters++
      if (!ledger.isSettled(ranged.range.partition, offset)) open++
    }
  }
  return { letters, open }
}

async function audited(
  kafka: Kafka,
  { app, topic }: QueueName,
  who: string,
  clock: Clock,
  detail: Record<string, unknown>,
): Promise<void> {
  await appendAudit(kafka, app, {
    at: new Date(clock.now()).toISOString(),
    who,
    action: 'purge',
    target: topic,
    detail,
  })
}

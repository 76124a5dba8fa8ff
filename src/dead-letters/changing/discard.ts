/** Letters in the middle of a queue that nobody needs: a log cannot lose its middle, so they are marked. */
import { systemClock } from '../../clock.ts'
import type { Kafka } from '../../kafka/port.ts'
import { randomName, systemRandom } from '../../random.ts'
import { type Action, auditFailure, auditWithin } from '../audit-action.ts'
import type { LetterFilter } from '../filter/filter.ts'
import { claimed, refuseActive, writeRows } from '../moving/claim.ts'
import { groundsOf, type TopologyOptions } from '../moving/grounds.ts'
import { receiptKey } from '../moving/jobs.ts'
import { type Ledger, readLedger } from '../moving/ledger.ts'
import { ownTopics, partitionsOfQueue } from '../moving/own-topics.ts'
import { defaultWho } from '../moving/redrive-options.ts'
import type { MovedRecord } from '../moving/redrive-record.ts'
import type { QueueTargets } from '../moving/targets.ts'
import { parkedTargets, withdrawalOf, writeWithdrawals } from '../moving/withdraw.ts'
import { resolveQueue } from '../queue-name.ts'
import { batchesOf, type Range, rangesOfTopic, recordsOf } from '../reading/batches.ts'
import { type Matcher, matcherOf } from '../reading/selection.ts'
import { letterAt } from '../reading/subject.ts'
import { discardedRows, noteOffset } from './discarded-rows.ts'
import type { PurgeResult, Purging } from './purge.ts'

export interface DiscardOptions extends Purging, TopologyOptions {
  readonly filter: LetterFilter
}

/**
 * Marks open letters as discarded, all of them in one transaction: they are passed over from then on, until retention
 * takes them.
 * @example await discardLetters(kafka, { queue: 'orders.dlq.unscored', filter: { fingerprint: 'a1b2c3d4e5f6' } })
 */
export async function discardLetters(kafka: Kafka, options: DiscardOptions): Promise<PurgeResult> {
  const { dryRun = false, who = defaultWho, clock = systemClock, random = systemRandom, filter } = options
  const queue = await resolveQueue(kafka, options.queue)
  const ranges = await rangesOfTopic(kafka, queue.topic, await partitionsOfQueue(kafka, queue))
  const id = randomName(random)
  const job = `purge:${id}`
  const { decode, description } = await groundsOf(options)
  const matches = matcherOf(filter, decode, clock.now())
  const resultOf = (letters: number) => {
    return { queue: queue.topic, dryRun, action: 'discarded', letters, open: letters } as const
  }
  if (dryRun) {
    const ledger = await readLedger(kafka, queue.app, queue.topic, 'stable')
    return resultOf((await choose(kafka, { ranges, ledger, matches, parked: null, job })).count)
  }
  await ownTopics(kafka, queue)
  const action: Action = { app: queue.app, who, action: 'purge', target: queue.topic, clock }
  return auditFailure(kafka, action, { filter }, async () => {
    const parked = await parkedTargets(kafka, queue, description)
    return claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
      const done = ledger.receipt(id)
      if (done !== null) return resultOf(Number(done))
      refuseActive(ledger, queue)
      // Read first: a transaction that stays open over a long read is ended by Kafka.
      const { count, places, withdrawn } = await choose(kafka, { ranges, ledger, matches, parked, job })
      await writeRows(transactions, queue.app, clock.now(), discardedRows(queue.topic, places, { job, who, clock }))
      await writeWithdrawals(transactions, withdrawn)
      await writeRows(transactions, queue.app, clock.now(), [[receiptKey(id), String(count)]])
      await auditWithin(transactions, action, { ...resultOf(count), filter, result: 'done' })
      return resultOf(count)
    })
  })
}

interface Choosing {
  readonly ranges: readonly Range[]
  readonly ledger: Ledger
  readonly matches: Matcher
  readonly parked: QueueTargets | null
  readonly job: string
}

interface Chosen {
  readonly count: number
  readonly places: ReadonlyMap<number, readonly number[]>
  readonly withdrawn: readonly MovedRecord[]
}

async function choose(kafka: Kafka, { ranges, ledger, matches, parked, job }: Choosing): Promise<Chosen> {
  let count = 0
  const places = new Map<number, number[]>()
  const withdrawn: MovedRecord[] = []
  for await (const ranged of batchesOf(kafka, ranges)) {
    const { topic, partition } = ranged.range
    for (const cursor of recordsOf(ranged)) {
      if (ledger.isSettled(partition, cursor.offset)) continue
      const letter = letterAt(cursor, topic, partition)
      if (!(await matches(letter))) continue
      count++
      noteOffset(places, partition, cursor.offset)
      const withdrawal = parked && withdrawalOf(letter, parked, job)
      if (withdrawal !== null) withdrawn.push(withdrawal)
    }
  }
  return { count, places, withdrawn }
}

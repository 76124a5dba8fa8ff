/** Letters by fingerprint: a million of them in one pass, and of each group one example and numbers. */
import { type Clock, systemClock } from '../../clock.ts'
import type { Kafka } from '../../kafka/port.ts'
import { compileFilter, isEmptyFilter, type LetterFilter } from '../filter/filter.ts'
import { rangesOfQueue } from '../queue-names.ts'
import { batchesOf, type Range, recordsOf } from './batches.ts'
import { type Decoder, guessing } from './decode.ts'
import { GroupTable, type LetterGroup } from './group-table.ts'
import { since, stateOf } from './read.ts'
import { readSettled, type Settled } from './settled.ts'
import { LazySubject, LetterView } from './subject.ts'
import { whenReady } from './when-ready.ts'

export interface GroupOptions {
  /** Topic of the queue. */
  readonly queue: string
  readonly filter?: LetterFilter
  /** Also those that were redriven, edited or discarded. Default false. */
  readonly all?: boolean
  /** For filters on key and value; by looks when left out. */
  readonly decode?: Decoder
  /** Called batch by batch. `total`: offsets that there are to read, which are at least the letters. */
  readonly progress?: (seen: number, total: number) => void
  readonly clock?: Clock
}

export interface LetterGroups {
  readonly queue: string
  /** In the groups and outside of them. */
  readonly letters: number
  /** The largest first. */
  readonly groups: readonly LetterGroup[]
  /** Letters of further groups: beyond 10,000 none is made. */
  readonly others: number
  /** The times that `LetterGroup.over` counts: from `start`, `width` milliseconds each. */
  readonly axis: { readonly start: number; readonly width: number }
}

/**
 * Groups the letters of a queue that are there now. They are read once and none is kept.
 * @example
 * const { groups } = await groupLetters(kafka, { queue: 'orders.dlq.orders' })
 * for (const { fingerprint, count, message } of groups) console.log(fingerprint, count, message)
 * @throws MillraceError MR4401 when there is no such queue, MR4403 for a filter that cannot be understood
 */
export async function groupLetters(kafka: Kafka, options: GroupOptions): Promise<LetterGroups> {
  const { queue, filter = {}, progress } = options
  const { app, ranges } = await rangesOfQueue(kafka, queue)
  const table = new GroupTable(queue)
  const count = counterOf(options, table, await readSettled(kafka, app))
  const wanted = await since(kafka, ranges, filter.from)
  const total = wanted.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0)
  let seen = 0
  for await (const ranged of batchesOf(kafka, wanted)) {
    const { range, batch } = ranged
    await count(ranged)
    seen += Math.min(batch.nextOffset, range.end) - Math.max(batch.baseOffset, range.start)
    progress?.(seen, total)
  }
  return { queue, ...table.result() }
}

type Count = (ranged: { readonly range: Range; readonly batch: Parameters<typeof recordsOf>[0]['batch'] }) => unknown

/** Without a filter no letter is made of a record. */
function counterOf(options: GroupOptions, table: GroupTable, settled: Settled): Count {
  const { queue, filter = {}, all = false, decode = guessing, clock = systemClock } = options
  const isCounted = (range: Range, offset: number) => all || stateOf(settled, range, offset) === 'open'
  if (isEmptyFilter(filter)) {
    return ({ range, batch }) => {
      for (const cursor of recordsOf({ range, batch }))
        if (isCounted(range, cursor.offset)) table.count(cursor, range.partition)
    }
  }
  const passes = compileFilter(filter, clock.now())
  return async ({ range, batch }) => {
    for (const cursor of recordsOf({ range, batch })) {
      if (!isCounted(range, cursor.offset)) continue
      const state = stateOf(settled, range, cursor.offset)
      const subject = new LazySubject(new LetterView(cursor, queue, range.partition), state, decode)
      if (await whenReady(() => passes(subject))) table.count(cursor, range.partition)
    }
  }
}

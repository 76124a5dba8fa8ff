/** Letters of a queue, one after another: what show, export and redrive stand on. */
import { type Clock, systemClock } from '../../clock.ts'
import type { Kafka } from '../../kafka/port.ts'
import { compileFilter, type LetterFilter } from '../filter/filter.ts'
import type { DeadLetter, LetterState } from '../letter.ts'
import { rangesOfQueue } from '../queue-names.ts'
import { batchesOf, type Range, recordsOf } from './batches.ts'
import { type Decoder, guessing } from './decode.ts'
import { readSettled, type Settled } from './settled.ts'
import { copyOf, LazySubject, LetterView } from './subject.ts'
import { whenReady } from './when-ready.ts'

export interface ReadOptions {
  /** Topic of the queue. */
  readonly queue: string
  readonly filter?: LetterFilter
  /** Also those that were redriven, edited or discarded. Default false. */
  readonly all?: boolean
  /** For filters on key and value; by looks when left out. */
  readonly decode?: Decoder
  /** Of the queue; default all that is there now. They are read one after another. */
  readonly ranges?: readonly Range[]
  /** Called now and then with the number of letters looked at. */
  readonly progress?: (seen: number) => void
  readonly clock?: Clock
}

/** A letter and what became of it. */
export interface ReadLetter extends DeadLetter {
  readonly state: LetterState
}

/**
 * The letters that a filter lets pass, partition after partition, in the order of their offsets. The end is the one there
 * was at the start.
 * @example for await (const { key, message } of readLetters(kafka, { queue: 'orders.dlq.orders' })) console.log(message)
 * @throws MillraceError MR4401 when there is no such queue, MR4403 for a filter that cannot be understood
 */
export async function* readLetters(kafka: Kafka, options: ReadOptions): AsyncGenerator<ReadLetter> {
  const { queue, filter = {}, all = false, decode = guessing, progress, clock = systemClock } = options
  const passes = compileFilter(filter, clock.now())
  const { app, ranges } = await rangesOfQueue(kafka, queue)
  const settled = await readSettled(kafka, app)
  let seen = 0
  for (const range of await since(kafka, options.ranges ?? ranges, filter.from)) {
    for await (const { batch } of batchesOf(kafka, [range])) {
      for (const cursor of recordsOf({ range, batch })) {
        seen++
        const state = stateOf(settled, range, cursor.offset)
        if (state !== 'open' && !all) continue
        const subject = new LazySubject(new LetterView(cursor, queue, range.partition), state, decode)
        if (await whenReady(() => passes(subject))) yield { ...copyOf(subject.letter), state }
      }
      progress?.(seen)
    }
  }
}

export function stateOf(settled: Settled, { topic, partition }: Range, offset: number): LetterState {
  return settled.isEmpty ? 'open' : settled.state({ topic, partition, offset })
}

/** What lies before the first record of that time or later is all older: it need not be read. */
export async function since(kafka: Kafka, ranges: readonly Range[], from: number | undefined): Promise<Range[]> {
  if (from === undefined || ranges.length === 0) return [...ranges]
  const firsts = await kafka.offsets(ranges, { time: Math.max(0, from) })
  return ranges.map((range, index) => ({ ...range, start: Math.max(range.start, firsts[index]!.offset) }))
}

/** Whether a result is right: in the first round row by row, later by the number of its records. */
import { committedBatches } from '../scripts/tools/committed.ts'
import { type Digest, differenceOf, digestOf } from './digest.ts'
import { lastTimeOf } from './input.ts'
import { compareResults, type ResultSource, rowsResult, topicResult } from './nexmark/compare.ts'
import { generateEvents } from './nexmark/events.ts'
import { expectedRows, foretold, houseOf } from './nexmark/expected.ts'
import { sideRows } from './nexmark/side.ts'
import type { NexmarkWork } from './nexmark/works.ts'
import type { Place } from './place.ts'

/** Engines that close no window behind the last event are compared in those that end so long before it. */
const leftOpenMilliseconds = 10_000
/** What is foretold is held in memory, all events with it. */
const mostForetold = 200_000

/** A result that is to be judged. */
export interface Suspect {
  readonly name: string
  readonly topic: string
  readonly round: number
  /** False for engines that leave the last windows open. */
  readonly closesWindows: boolean
  /** It was given so many records, the first that it came upon; null: all. */
  readonly prefix: number | null
}

interface Expected {
  /** Whose result it is. */
  readonly by: string
  readonly digest: Digest
  /** Null when it can't be read again. */
  readonly source: ResultSource | null
}

/** Judges all results of one work on one input. */
export class Judge {
  readonly #place: Place
  readonly #work: NexmarkWork
  readonly #events: number
  readonly #before: number
  readonly #records = new Map<string, number>()
  #expected: Expected | null = null

  constructor(place: Place, work: NexmarkWork, events: number) {
    this.#place = place
    this.#work = work
    this.#events = events
    this.#before = lastTimeOf(events) - leftOpenMilliseconds
  }

  /** @throws Error that says how the result differs */
  async judge(suspect: Suspect): Promise<void> {
    const isFirst = suspect.round === 0 && suspect.prefix === null
    const isCompared = isFirst && this.#work.specification.compared
    const records = isCompared ? await this.#compare(suspect) : await this.#count(suspect)
    const known = this.#records.get(suspect.name)
    this.#records.set(suspect.name, known ?? records)
    // Of a short input it may be empty, and right: when another one's is so, too.
    const isConfirmed = known === 0 || (isCompared && this.#expected?.by !== suspect.name)
    if (records === 0 && !isConfirmed) throw new Error('the result is empty')
    if (known !== undefined && known !== records && this.#isRepeatable(suspect))
      throw new Error(`the result has ${records} records, in the first round it had ${known}`)
  }

  /** Against what was foretold, else against the first who had its turn. Returns how many records there are. */
  async #compare({ name, topic, closesWindows }: Suspect): Promise<number> {
    const { specification } = this.#work
    const source = topicResult(this.#place.kafka, topic)
    const digest = await digestOf(source, specification, this.#before)
    this.#expected ??= (await this.#foretell()) ?? { by: name, digest, source: null }
    const expected = this.#expected
    const difference = differenceOf(expected.digest, digest, closesWindows)
    if (difference === null) return digest.records
    const told = await this.#tell(expected, source, closesWindows)
    throw new Error(
      `the result is not that of ${expected.by}: ${difference}${told.map((line) => `\n  ${line}`).join('')}`,
    )
  }

  async #tell({ source }: Expected, found: ResultSource, closesWindows: boolean): Promise<readonly string[]> {
    if (source === null) return []
    const before = closesWindows ? Number.POSITIVE_INFINITY : this.#before
    const { difference } = await compareResults(source, found, this.#work.specification, before)
    return difference?.told ?? []
  }

  /** How many updates a key sees depends on when commits come, and how many windows are closed, in some engines, too. */
  #isRepeatable({ closesWindows, prefix }: Suspect): boolean {
    const { kind, window, compared } = this.#work.specification
    return kind === 'append' && compared && prefix === null && (closesWindows || window === null)
  }

  async #count({ topic }: Suspect): Promise<number> {
    let records = 0
    for await (const batch of committedBatches(this.#place.kafka, topic)) records += batch.recordCount
    return records
  }

  /** Null: too much to foretell, or not foretold at all. */
  async #foretell(): Promise<Expected | null> {
    const { name, specification } = this.#work
    const work = foretold.find((known) => known === name)
    if (work === undefined || this.#events > mostForetold) return null
    const source = rowsResult(expectedRows(work, houseOf(generateEvents(this.#events), sideRows())))
    return { by: 'plain loops', digest: await digestOf(source, specification, this.#before), source }
  }
}

/** The automaton of a pattern over its stores: what a record, or time, does to the matches under way of a key. */

import type { Serde } from '../../serde/serde.ts'
import type { AfterMatch, PatternNode } from '../../topology/nodes/pattern.ts'
import { nullKey } from '../null-key.ts'
import type { OperatorEnvironment } from '../operator.ts'
import { orderedStore } from '../stores.ts'
import { afterMatch } from './after-match.ts'
import { type Automaton, automatonOf } from './automaton.ts'
import { type MatchValues, valuesOf } from './look.ts'
import { nameOf, recordsIn } from './pack.ts'
import { PartialMatches } from './partial.ts'
import { PatternRecords } from './records.ts'
import { lastOf, type Match, type Progress, type RecordId, type Run } from './run.ts'
import { expire, step } from './step.ts'

/** A whole match. */
export interface Found {
  readonly key: unknown
  readonly values: MatchValues
  /** The value and the time of its last record. */
  readonly last: unknown
  readonly time: number
}

interface Shown {
  readonly id: RecordId
  readonly value: unknown
}

export class KeyedMatches {
  private readonly automaton: Automaton
  private readonly skip: AfterMatch
  private readonly keySerde: Serde<unknown>
  private readonly records: PatternRecords
  private readonly partial: PartialMatches

  constructor({ sequence, within, skip, keySerde, stores }: PatternNode, environment: OperatorEnvironment) {
    const [records, partial] = stores
    this.automaton = automatonOf(sequence, within)
    this.skip = skip
    this.keySerde = keySerde
    this.records = new PatternRecords(orderedStore(environment, records.name))
    this.partial = new PartialMatches(orderedStore(environment, partial.name))
  }

  /** Some matches come out only when time has passed. */
  get waits(): boolean {
    return this.automaton.waits
  }

  /** When the time of the match that began first is over; +Infinity: none is under way. */
  get nextEnd(): number {
    return this.partial.firstStart + this.automaton.within
  }

  /** Time of the first record that waits; +Infinity: none does. */
  get nextRecord(): number {
    return this.records.firstTime
  }

  wait(key: unknown, value: unknown, time: number): void {
    this.records.wait(this.bytesOf(key), value, time)
  }

  /** Takes out the record that has waited first; show it next. */
  shift(): { readonly key: unknown; readonly value: unknown; readonly id: RecordId } {
    const { keyBytes, id, value } = this.records.shift()
    return { key: this.keyOf(keyBytes), value, id }
  }

  /** A record whose time has come. Without an `id` it did not wait: it comes behind those of its time. */
  show(key: unknown, value: unknown, time: number, id?: RecordId): readonly Found[] {
    const keyBytes = this.bytesOf(key)
    const before = this.partial.of(keyBytes)
    const shown: Shown = { id: id ?? [time, nextSequence(before, time)], value }
    const values = this.valuesFor(keyBytes, shown)
    const progress = step(this.automaton, before, { ...shown, key }, values)
    return this.settle(keyBytes, key, before, progress, values, shown)
  }

  /** Ends the matches of the key whose match began first, as far as their time is over at `time`. */
  endFirst(time: number): readonly Found[] {
    const keyBytes = this.partial.firstKey()
    const before = this.partial.of(keyBytes)
    const progress = expire(this.automaton, before, time)
    return this.settle(keyBytes, this.keyOf(keyBytes), before, progress, this.valuesFor(keyBytes, null), null)
  }

  private settle(
    keyBytes: Buffer,
    key: unknown,
    before: readonly Run[],
    progress: Progress,
    values: (id: RecordId) => unknown,
    shown: Shown | null,
  ): readonly Found[] {
    const { runs, matches } = afterMatch(this.skip, progress)
    const found = matches.map((match) => this.foundOf(key, match, values))
    this.partial.replace(keyBytes, before, runs)
    this.tidy(keyBytes, before, runs, shown)
    return found
  }

  private foundOf(key: unknown, match: Match, values: (id: RecordId) => unknown): Found {
    const last = lastOf(match)
    return { key, values: valuesOf(this.automaton.steps, match, values), last: values(last), time: last[0] }
  }

  /** Records stay for as long as a match under way holds them. */
  private tidy(keyBytes: Buffer, before: readonly Run[], after: readonly Run[], shown: Shown | null): void {
    const held = recordsIn(after)
    for (const [name, id] of recordsIn(before)) if (!held.has(name)) this.records.drop(keyBytes, id)
    if (shown !== null && held.has(nameOf(shown.id))) this.records.keep(keyBytes, shown.id, shown.value)
  }

  private valuesFor(keyBytes: Buffer, shown: Shown | null): (id: RecordId) => unknown {
    const read = new Map<string, unknown>()
    if (shown !== null) read.set(nameOf(shown.id), shown.value)
    return (id) => {
      const name = nameOf(id)
      if (!read.has(name)) read.set(name, this.records.kept(keyBytes, id))
      return read.get(name)
    }
  }

  private bytesOf(key: unknown): Buffer {
    const encoded = this.keySerde.encode(key)
    if (encoded === null) throw nullKey('a pattern')
    return Buffer.from(encoded as Uint8Array)
  }

  private keyOf(keyBytes: Buffer): unknown {
    return this.keySerde.decode(keyBytes, 0, keyBytes.length)
  }
}

/** Behind every record of this time that a match still holds. */
function nextSequence(runs: readonly Run[], time: number): number {
  let next = 0
  for (const { taken } of runs)
    for (const [, at, sequence] of taken) if (at === time) next = Math.max(next, sequence + 1)
  return next
}

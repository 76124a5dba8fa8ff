/** Visible records of logs by their offsets. */
import type { LoggedPartition, LoggedRecord } from '../history.ts'
import { visible } from './facts.ts'

/** @example new Slices().of(log, 10, 20) */
export class Slices {
  readonly #visible: Map<LoggedPartition, readonly LoggedRecord[]> = new Map()

  /** Those with offsets of [from, to). */
  of(log: LoggedPartition, from: number, to: number): readonly LoggedRecord[] {
    let records = this.#visible.get(log)
    if (records === undefined) {
      records = visible(log)
      this.#visible.set(log, records)
    }
    return records.slice(firstAt(records, from), firstAt(records, to))
  }
}

/** Index of the first record with that offset or a larger one. */
export function firstAt(records: readonly LoggedRecord[], offset: number): number {
  let [low, high] = [0, records.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (records[middle]!.offset < offset) low = middle + 1
    else high = middle
  }
  return low
}

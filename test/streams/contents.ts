/** What stores hold at the end, on both sides: rows of open windows only, since Kafka Streams keeps closed ones longer. */
import type { Answer, Case, StoreRow } from './case.ts'
import { closesAt } from './final.ts'
import { timeOf } from './shape.ts'

export type Stores = Answer['stores']

export interface StoreDifference {
  readonly store: string
  readonly expected: readonly StoreRow[]
  readonly got: readonly StoreRow[]
}

/** The first store that differs. */
export function storeDifference(about: Case, expected: Stores, got: Stores): StoreDifference | null {
  for (const { name } of about.stores) {
    const wanted = comparable(about, expected[name] ?? [])
    const given = comparable(about, got[name] ?? [])
    if (JSON.stringify(wanted) !== JSON.stringify(given)) return { store: name, expected: wanted, got: given }
  }
  return null
}

function comparable(about: Case, rows: readonly StoreRow[]): StoreRow[] {
  const windows = about.operators.find((operator) => operator.op === 'window-fold')?.windows
  const newest = Math.max(-1, ...about.steps.map(timeOf))
  const isOpen = ([key]: StoreRow): boolean =>
    windows === undefined || closesAt(windows, Number(key.slice(key.lastIndexOf('.') + 1))) > newest
  return rows.filter(isOpen).sort(([one], [other]) => (one < other ? -1 : Number(one > other)))
}

/** Key-value and window stores behind the same words. */
import { json } from '../../src/serde/json.ts'
import type { Serde } from '../../src/serde/serde.ts'
import { text } from '../../src/serde/text.ts'
import type { Row, Store, StoreSpec } from '../../src/state/store.ts'
import type { UndoLog } from '../../src/state/undo.ts'

/** One store behind the words that both kinds have. */
export interface Subject {
  readonly store: Store
  readonly undo: UndoLog
  get(key: unknown): Row | undefined
  put(key: unknown, value: unknown, time: number): void
  delete(key: unknown, time: number): void
  rows(): Row[]
}

export type Open = (spec?: Partial<StoreSpec>, undo?: UndoLog) => Subject

export const usual: StoreSpec = {
  kind: 'key-value',
  key: text as Serde<unknown>,
  value: json(),
  keepsDeleted: false,
  deleteRetention: Number.POSITIVE_INFINITY,
  indexTail: 0,
}

/** The flushed rows as `key=value@time`, window keys without their start. */
export function flushed(store: Store): string[] {
  const lines: string[] = []
  store.flush((key, value, time) => {
    const name = Buffer.from(key).subarray('firstStart' in store ? 8 : 0)
    lines.push(`${name}=${value === null ? null : Buffer.from(value as string)}@${time}`)
  })
  return lines
}

export function commit(store: Store): string[] {
  const lines = flushed(store)
  store.commit()
  return lines
}

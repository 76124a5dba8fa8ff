import { ttlOf } from '../fold.ts'
import { lengthOf } from '../lengths.ts'
import type { TableOrder } from '../nodes/tables.ts'
import type { TableUpdates } from '../steps/tables.ts'

/** Which updates a table takes, as its node says it. */
export interface TableSettings {
  readonly order: TableOrder
  readonly history: number | null
  readonly ttl: number | null
  /** Milliseconds; null: deletions are not remembered, since every update is taken. */
  readonly deleteRetention: number | null
}

/** @param history milliseconds, null for a table without versions. @throws MillraceError MR1003 for a duration that can't be */
export function tableSettings(options: TableUpdates, history: number | null = null): TableSettings {
  const { order = 'event-time' } = options
  const ttl = ttlOf(options)
  const retention = options.deleteRetention === undefined ? null : lengthOf('deleteRetention', options.deleteRetention)
  // What is older than rows live is refused anyway.
  const deleteRetention = order === 'arrival' ? null : (retention ?? ttl ?? Number.POSITIVE_INFINITY)
  return { order, history, ttl, deleteRetention }
}

/** How results leave an operator that keeps rows. */
import { findFault } from '../faults.ts'
import type { Window } from '../record.ts'
import type { Row } from '../state/store.ts'
import type { Site } from './site.ts'

/** A result whose time is not the record's own: it must not move the time of operators behind, or they refuse others. */
export function emitDerived(
  { forward, environment: { context } }: Site,
  key: unknown,
  value: unknown,
  time: number,
  window: Window | null,
): void {
  const { raisesTime } = context
  context.raisesTime = false
  forward(key, value, time, window)
  context.raisesTime = raisesTime
}

/**
 * A row that time, not a record, makes come out. What it does further on happens whole or not at all: no source record
 * could be blamed for it. Call within `withoutCause`.
 */
export function emitRow({ forward, index, environment }: Site, row: Row, window: Window | null): void {
  const { undo } = environment
  const savepoint = undo.position
  const { key, value, time } = row
  try {
    forward(key, value, time, window)
  } catch (error) {
    const kind = findFault(error)?.kind
    if (kind === 'fatal' || kind === 'fenced') throw error
    undo.undoTo(savepoint)
    environment.rowFailed(error, { node: index, key, value, time })
  }
}

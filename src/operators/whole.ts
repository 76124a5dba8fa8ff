import { findFault } from '../faults.ts'
import type { Site } from './site.ts'

/**
 * Runs what no single record causes, whole or not at all: where it fails, `row` is what the policy of the step is asked
 * about. Call within `withoutCause`.
 */
export function whole(
  { index, environment }: Site,
  row: { readonly key: unknown; readonly value: unknown; readonly time: number },
  run: () => void,
): void {
  const { undo } = environment
  const savepoint = undo.position
  try {
    run()
  } catch (error) {
    const kind = findFault(error)?.kind
    if (kind === 'fatal' || kind === 'fenced') throw error
    undo.undoTo(savepoint)
    environment.rowFailed(error, { node: index, ...row })
  }
}

/** The reference runs of a history: worked once for all judges that ask. */
import type { History } from '../history.ts'
import { factsOf } from './facts.ts'
import { type Reading, type ReferenceRun, runReference } from './reference-run.ts'

/** Why there is none. */
export interface NoReference {
  readonly reason: string
}

const known = new WeakMap<History, Map<Reading, ReferenceRun | NoReference>>()

/** @example const run = referenceOf(history, 'by commit'); if ('reason' in run) console.error(run.reason) */
export function referenceOf(history: History, reading: Reading): ReferenceRun | NoReference {
  const runs = known.get(history) ?? new Map<Reading, ReferenceRun | NoReference>()
  known.set(history, runs)
  let run = runs.get(reading)
  if (run === undefined) {
    run = attempt(history, reading)
    runs.set(reading, run)
  }
  return run
}

function attempt(history: History, reading: Reading): ReferenceRun | NoReference {
  const { graph } = factsOf(history)
  const looked = graph.internal.filter(({ kind }) => kind === 'dead-letter' || kind === 'repartition')
  try {
    return runReference(
      history,
      reading,
      [...graph.outputs, ...looked].map(({ name }) => name),
    )
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Puts a case before every law; a case that breaks one is made small. */
import type { StateBackend } from '../../src/state/rows.ts'
import type { Case } from '../streams/case.ts'
import { fitted } from '../streams/draw-case.ts'
import { familyNamed } from '../streams/recorded.ts'
import { type Law, laws, plainOutputs, type Trial } from './laws.ts'
import type { OwnFamily } from './own.ts'

export interface Broken {
  readonly law: string
  readonly about: Case
  readonly error: Error
}

type Backend = () => StateBackend

/** The first law that a case breaks, with the smallest case that was found to break it. */
export function brokenLaw(about: Case, seed: number, backend: Backend, own: OwnFamily | null = null): Broken | null {
  const trial: Trial = { about, seed, backend, plain: plainOutputs(about, own), own }
  for (const law of laws) {
    const error = errorOf(law, trial)
    if (error !== null) return { law: law.name, ...smaller(law, error, trial) }
  }
  return null
}

function errorOf(law: Law, trial: Trial): Error | null {
  try {
    law.check(trial)
    return null
  } catch (error) {
    return error as Error
  }
}

/** Without the steps that are not needed, one at a time. */
function smaller(law: Law, first: Error, trial: Trial): Omit<Broken, 'law'> {
  let best = { about: trial.about, error: first }
  for (let at = trial.about.steps.length - 1; at >= 0; at--) {
    const steps = best.about.steps.filter((_, index) => index !== at)
    const fewer = { ...best.about, steps }
    const about = trial.own === null ? fitted(familyNamed(fewer.operator), fewer) : fewer
    const error = errorOf(law, { ...trial, about, plain: plainOutputs(about, trial.own) })
    if (error !== null) best = { about, error }
  }
  return best
}

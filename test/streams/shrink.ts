/** A smaller case that still fails: fewer records, then fewer operators, then fewer records again. */
import type { Case, Operator } from './case.ts'
import { inputsOf } from './prune.ts'

export type Fails = (about: Case) => Promise<boolean>

const droppable: readonly Operator['op'][] = ['map', 'filter', 'branch']

/** @param tidy makes a case legal again after something was taken out */
export async function shrink(about: Case, tidy: (about: Case) => Case, fails: Fails): Promise<Case> {
  const fewer = await dropSteps(about, tidy, fails)
  const simpler = await dropOperators(fewer, tidy, fails)
  return dropSteps(simpler, tidy, fails)
}

/** Halves first, single steps last. */
async function dropSteps(about: Case, tidy: (about: Case) => Case, fails: Fails): Promise<Case> {
  let best = about
  for (let size = Math.ceil(about.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.steps.length; ) {
      const tried = tidy({ ...best, steps: best.steps.filter((_, index) => index < from || index >= from + size) })
      const isSmaller = tried.steps.length < best.steps.length
      if (isSmaller && (await fails(tried))) best = tried
      else from += size
    }
  }
  return best
}

async function dropOperators(about: Case, tidy: (about: Case) => Case, fails: Fails): Promise<Case> {
  let best = about
  for (const { id } of about.operators) {
    const tried = without(best, id)
    if (tried === null) continue
    const fitting = tidy(tried)
    if (await fails(fitting)) best = fitting
  }
  return best
}

/** What read a stateless operator reads its input instead. */
function without(about: Case, id: string): Case | null {
  const dropped = about.operators.find((operator) => operator.id === id)
  if (dropped === undefined || !droppable.includes(dropped.op)) return null
  const [input] = inputsOf(dropped)
  const operators = about.operators.filter((operator) => operator.id !== id)
  return { ...about, operators: operators.map((operator) => readingInstead(operator, id, input!)) }
}

function readingInstead(operator: Operator, from: string, to: string): Operator {
  const renamed = (id: string): string => (id === from ? to : id)
  if ('inputs' in operator) return { ...operator, inputs: operator.inputs.map(renamed) }
  if ('left' in operator) return { ...operator, left: renamed(operator.left), right: renamed(operator.right) }
  return 'of' in operator ? { ...operator, of: renamed(operator.of) } : operator
}

/** A case without what nothing reads. */
import type { Case, Operator } from './case.ts'

export function inputsOf(operator: Operator): readonly string[] {
  if ('inputs' in operator) return operator.inputs
  if ('left' in operator) return [operator.left, operator.right]
  return 'of' in operator ? [operator.of] : []
}

/** Drops operators that no output needs, and records of topics that nobody reads. */
export function pruned<C extends Pick<Case, 'operators' | 'steps' | 'stores'>>(about: C): C {
  const needed = new Set<string>()
  for (const operator of [...about.operators].reverse()) {
    if (operator.op !== 'to' && !needed.has(operator.id)) continue
    needed.add(operator.id)
    for (const input of inputsOf(operator)) needed.add(input)
  }
  const operators = about.operators.filter(({ id }) => needed.has(id))
  const topics = new Set(operators.flatMap((each) => ('topic' in each && each.op !== 'to' ? [each.topic] : [])))
  const steps = about.steps.filter((step) => step.do !== 'put' || topics.has(step.topic))
  const stores = about.stores.filter(({ name }) => needed.has(name))
  return { ...about, operators, steps, stores }
}

import type { Case, Step, WindowShape } from './case.ts'

export function timeOf(step: Step): number {
  return step.do === 'put' ? step.time : -1
}

export function shapeOf({ operators }: Case): WindowShape {
  const found = operators.find((operator) => operator.op === 'window-fold')
  if (found === undefined) throw new Error('The case has no windowed fold')
  return found.windows
}

/** How far the updates of a windowed fold can be compared: up to where Kafka Streams' stores decide, not its rules. */
import type { Answer, Case, WindowShape } from './case.ts'
import type { Expectation } from './family.ts'
import { shapeOf, timeOf } from './shape.ts'

/** Kafka Streams' answer, as far as it counts. */
export function updatesOf(about: Case, peer: Answer): Expectation {
  const until = comparableUntil(about, peer)
  return { steps: peer.steps, until, documented: until < peer.steps.length }
}

export function comparableUntil(about: Case, peer: Answer): number {
  const shape = shapeOf(about)
  if (shape.kind === 'sliding') return afterPartlyLate(about, shape)
  return shape.kind === 'session' ? beforeForgotten(about, peer, shape) : peer.steps.length
}

type Sliding = Extract<WindowShape, { readonly kind: 'sliding' }>
type Session = Extract<WindowShape, { readonly kind: 'session' }>

/**
 * A record whose own window has closed, while later windows still take it: Kafka Streams knows records by the windows that
 * end with them, so for the next record of the key it misses this one's right window, or takes the sum of a wrong
 * neighbour. Compared up to that next record.
 */
function afterPartlyLate(about: Case, { length, grace }: Sliding): number {
  const repartitioned = about.operators.some(({ op }) => op === 'key-by')
  const partlyLate = new Set<string | null>()
  let newest = -1
  for (const [index, step] of about.steps.entries()) {
    if (step.do !== 'put' || step.value === null) continue
    const key = repartitioned ? null : step.key
    if (partlyLate.has(key)) return index
    newest = Math.max(newest, step.time)
    if (step.time < newest - grace && step.time + length >= newest - grace) partlyLate.add(key)
  }
  return about.steps.length
}

/** Millrace lets go of a session that no record in time can reach, so a record that bridges two doesn't find it any more. */
function beforeForgotten({ steps }: Case, peer: Answer, { gap, grace }: Session): number {
  let newest = -1
  const found = steps.findIndex((step, index) => {
    newest = Math.max(newest, timeOf(step))
    return peer.steps[index]!.some(([, , value, end]) => value === null && end + 2 * gap + grace < newest)
  })
  return found < 0 ? steps.length : found
}

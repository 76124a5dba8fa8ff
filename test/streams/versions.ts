/** Where versioned tables of Kafka Streams part from what a history is. */
import type { Answer, Case, Put } from './case.ts'
import type { Expectation } from './family.ts'
import { inOrderOfArrival } from './joined.ts'

/**
 * Kafka Streams forgets a deletion that has the same time as the version it deletes: an older update that comes later is
 * valid again. Compared up to there.
 */
export function untilForgottenDeletion(about: Case, peer: Answer): Expectation {
  const until = firstForgotten(about.steps)
  return { steps: peer.steps, until, documented: until < about.steps.length }
}

/** Of records that wait for versions: those of one time leave in the order of their arrival. */
export function whatWaited(about: Case, peer: Answer): Expectation {
  const { until, documented } = untilForgottenDeletion(about, peer)
  const waited = inOrderOfArrival(about, peer)
  return { ...waited, until, documented: documented || waited.documented }
}

function firstForgotten(steps: Case['steps']): number {
  const versions = new Map<string, Map<number, string | null>>()
  const deletedAt = new Map<string, number>()
  for (const [index, step] of steps.entries()) {
    if (step.do !== 'put' || step.topic !== 'right-topic' || step.key === null) continue
    const { key, value, time }: Put & { key: string } = { ...step, key: step.key }
    if (time < (deletedAt.get(key) ?? -1)) return index
    const known = versions.get(key) ?? new Map<number, string | null>()
    if (value === null && (known.get(time) ?? null) !== null)
      deletedAt.set(key, Math.max(time, deletedAt.get(key) ?? -1))
    versions.set(key, known.set(time, value))
  }
  return steps.length
}

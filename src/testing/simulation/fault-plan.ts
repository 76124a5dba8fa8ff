/** Which faults a run has, and when: drawn at once, so that leaving one out moves no other. */
import { randomInteger, seededRandom } from '../../random.ts'
import type { Terms } from './terms.ts'

/** A fault that a seed has planned. */
export interface PlannedFault {
  /** Its number in the run, by which it can be asked for. */
  readonly number: number
  readonly name: string
  /** Milliseconds after the first worker was started. */
  readonly at: number
}

const parts = 8
/** Of the parts: nothing happens in them. */
const quietParts = 2

/** @example planFaults(drawTerms({ seed: 7 })) // [{ number: 0, name: 'kill', at: 812 }, …] */
export function planFaults({ seed, faults, faultCount, span, only }: Terms): PlannedFault[] {
  const random = seededRandom(seed ^ 0xfa017)
  const quiet = new Set<number>()
  while (quiet.size < quietParts) quiet.add(randomInteger(random, 0, parts - 1))
  const planned: PlannedFault[] = []
  for (let number = 0; number < faultCount; number++) {
    const name = faults[randomInteger(random, 0, faults.length - 1)]!
    let at = random.next() * span
    while (quiet.has(Math.floor((at * parts) / span))) at = random.next() * span
    planned.push({ number, name, at: Math.floor(at) })
  }
  return only === null ? planned : planned.filter((each) => only.includes(each.number))
}

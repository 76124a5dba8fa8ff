/** The cases of a family. */
import type { Case } from './case.ts'
import { drawOf } from './draw.ts'
import type { Family } from './family.ts'
import { pruned } from './prune.ts'
import { holdBack, limitLateness } from './records.ts'

/** The case of a seed; the same each time. */
export function caseOf(family: Family, seed: number): Case {
  return fitted(family, { operator: family.name, ...family.draw(drawOf(seed)) })
}

/** As the family may have it: nothing that nobody reads, times where both sides rule alike. */
export function fitted(family: Family, about: Case): Case {
  const kept = pruned(about)
  const limit = family.lateness?.(kept) ?? null
  const near = limit === null ? kept.steps : limitLateness(kept.steps, limit)
  return { ...kept, steps: family.isHeld === undefined ? near : holdBack(near, family.isHeld(kept)) }
}

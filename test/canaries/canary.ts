/** A planted bug: how it is planted, and the simulated world that has to notice. */
import type { Patch } from '../must-fail/guard.ts'

export interface Canary {
  /** In the words of the list in the design. */
  readonly name: string
  /** On a throw-away copy only: shipped code has no switch. */
  readonly patches: readonly Patch[]
  /** Name of a simulated topology that has the mechanism. */
  readonly world: string
}

export interface Verdict {
  readonly canary: string
  /** null: nobody noticed. */
  readonly caughtAtSeed: number | null
}

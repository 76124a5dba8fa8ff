/** All planted bugs. One in the cutover of a replay comes with replay itself; whoever adds a mechanism adds a canary. */
import type { Canary } from './canary.ts'
import { stateCanaries } from './of-state.ts'
import { transactionCanaries } from './of-transactions.ts'

export const canaries: readonly Canary[] = [...transactionCanaries, ...stateCanaries]

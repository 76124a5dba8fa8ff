import type { PausePolicy } from './policy.ts'

/**
 * Stops the task before the failed record; the others go on. It waits for an operator: `millrace tasks resume`.
 * @example from(payments, { onFailure: [pause()] })
 */
export function pause(): PausePolicy {
  return { kind: 'pause' }
}

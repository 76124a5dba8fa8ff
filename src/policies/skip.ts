import type { SkipPolicy } from './policy.ts'

/**
 * Drops a failed record and counts it as skipped. Never a default.
 * @example from(clicks, { onFailure: [skip()] })
 */
export function skip(): SkipPolicy {
  return { kind: 'skip' }
}

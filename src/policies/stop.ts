import type { StopPolicy } from './policy.ts'

/**
 * Stops the worker with an error that names topic, partition, offset and cause. A restart begins at this record.
 * @example from(payments, { onFailure: [stop()] })
 */
export function stop(): StopPolicy {
  return { kind: 'stop' }
}

import type { DeadLetterPolicy } from './policy.ts'

/**
 * Sends a failed record to the topic `<app>.dlq.<name>`, verbatim, with headers that say what happened.
 * @example from(orders, { onFailure: [deadLetter('orders')] })
 */
export function deadLetter(name: string): DeadLetterPolicy {
  return { kind: 'dead-letter', name }
}

import type { RecordHeader } from '../record.ts'
import type { MutableContext } from './operator.ts'

const none: readonly RecordHeader[] = Object.freeze([])

/**
 * Runs what no single record causes: handlers see no topic, no offset and no headers, and results don't raise the time of
 * operators behind, or they would make each other late. The record in hand, if there is one, is put back afterwards.
 */
export function withoutCause(context: MutableContext, run: () => void): void {
  const { topic, offset, headers, raisesTime } = context
  context.topic = null
  context.offset = -1
  context.headers = none
  context.raisesTime = false
  try {
    run()
  } finally {
    context.topic = topic
    context.offset = offset
    context.headers = headers
    context.raisesTime = raisesTime
  }
}

/** What follows from a failed request, by the fault that Kafka's port reports. A total table. */
import { findFault } from '../faults.ts'
import { KafkaError, type KafkaFault } from '../kafka/port.ts'
import { RewindRequest } from './async/refusals.ts'

/**
 * - `rewind` abort and go back to the last commit, which is known
 * - `reopen` the id starts anew, and everything is read back: what Kafka holds is not known here
 * - `reset` a position is outside the log: the topology's own policy decides
 * - `stop` the worker can't go on
 */
export type Recovery = 'rewind' | 'reopen' | 'reset' | 'stop'

const recoveries: Readonly<Record<KafkaFault, Recovery>> = {
  abortable: 'rewind',
  retriable: 'rewind',
  fenced: 'reopen',
  'unknown-outcome': 'reopen',
  'out-of-range': 'reset',
  rejected: 'stop',
  fatal: 'stop',
}

/** Refused by the group, not by the transaction coordinator: the producer is as good as before. */
const groupRefusals: ReadonlySet<string> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
  'STALE_MEMBER_EPOCH',
])

export function recoveryOf(error: unknown): Recovery {
  if (error instanceof RewindRequest) return 'rewind'
  if (findFault(error) !== undefined || !(error instanceof KafkaError)) return 'stop'
  return groupRefusals.has(error.reason) ? 'rewind' : recoveries[error.fault]
}

/** Between two attempts while Kafka can't be reached. */
export const outageMilliseconds = 1_000

/** True for what ends by itself, as a broker's absence does: nobody's record and no setting is to blame. */
export function passesByItself(error: unknown): boolean {
  return error instanceof KafkaError && (error.fault === 'retriable' || error.fault === 'unknown-outcome')
}

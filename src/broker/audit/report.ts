/** What an audit says. */
import type { TopicPartition } from '../../record.ts'

/**
 * moved-back: a position became smaller · broken-chain: a transaction committed a position although another producer
 * had moved it since its client read it · late-commit: the same, and a later generation had read the position before the
 * commit of an earlier one came · refused-output: a transaction was committed although its positions had been refused ·
 * overdue: a transaction is open for longer than its timeout and the time between two checks.
 */
export type ViolationKind = 'moved-back' | 'broken-chain' | 'late-commit' | 'refused-output' | 'overdue'

export interface Violation {
  readonly kind: ViolationKind
  readonly transactionalId: string
  /** Null where a violation is not about a position. */
  readonly groupId: string | null
  readonly partition: TopicPartition | null
  readonly text: string
}

export interface AuditReport {
  readonly violations: readonly Violation[]
  /** How many (group, partition) pairs had positions committed in transactions. */
  readonly chains: number
  /** How many such positions became visible. An audit that saw none has shown nothing. */
  readonly commits: number
}

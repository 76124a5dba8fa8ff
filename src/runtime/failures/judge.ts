/** Asks the policies of the step, else of the source, what becomes of a record or row that failed. */
import { findFault } from '../../faults.ts'
import { type Decision, decide } from '../../policies/decide.ts'
import type { AsyncPolicy } from '../../policies/policy.ts'
import type { GraphNode } from '../../topology/graph.ts'
import { hopsThrough } from '../reentry/headers.ts'
import { fitsRetry } from '../reentry/retry.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import type { FailedRecord } from './dead-letter.ts'

/** All that is known of one failure at a place. */
export interface Failed {
  readonly source: FailedRecord
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** True where no single record is the cause. */
  readonly isRow: boolean
  readonly error: unknown
  readonly kind: 'retry' | 'reject'
  /** Since this owner read it, this one included. */
  readonly attempts: number
  /** Wall time of the first of them. */
  readonly firstFailedAt: number
}

/** A breaker nobody keeps has never opened. */
const noBreaker = { isClosed: true, failuresInARow: 0 }

/**
 * What a failure is taken for, where the error itself does not say.
 * @param unsaid `reject` where the same bytes give the same error, `retry` where the outside was asked
 * @throws error one that no record is to blame for: `fenced`, `fatal`
 */
export function kindOf(error: unknown, unsaid: 'retry' | 'reject'): 'retry' | 'reject' {
  const kind = findFault(error)?.kind ?? unsaid
  if (kind === 'fatal' || kind === 'fenced') throw error
  return kind
}

/** @param node of the step that failed */
export function judge(thread: Thread, task: Task, { node }: GraphNode, failed: Failed): Decision {
  const { clock, random, breakers } = thread
  const { source, key, isRow, error, kind, attempts, firstFailedAt } = failed
  const from = task.subTopology.sources.find(({ topic }) => topic === source.topic) ?? task.subTopology.sources[0]!
  const sourceNode = task.subTopology.nodes[from.node]!.node
  const policies = policiesOf(node) ?? policiesOf(sourceNode) ?? []
  const attempt = {
    error,
    kind,
    attempts,
    firstFailedAt,
    now: clock.now(),
    hops: hopsThrough(source.reentry?.through, retriesIn(policies)),
    subject: isRow ? 'row' : key === null ? 'keyless' : 'record',
  } as const
  const ports = {
    random,
    breaker: (name: string) => breakers?.view(name) ?? noBreaker,
    source: sourceNode.kind === 'repartition' ? sourceNode.name : from.topic,
  }
  const decision = decide(policies, attempt, ports)
  if (decision.kind !== 'retry-topic' || fitsRetry(thread, failed, decision)) return decision
  return decide(policies, { ...attempt, kind: 'reject' }, ports)
}

/** A list has no two of them. */
function retriesIn(policies: readonly AsyncPolicy[]): string {
  return policies.find((policy) => policy.kind === 'retry-topics')?.name ?? ''
}

function policiesOf(node: GraphNode['node']): readonly AsyncPolicy[] | undefined {
  return 'onFailure' in node ? node.onFailure : undefined
}

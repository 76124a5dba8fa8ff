/** Judges what clients do to exactly-once from the order of events at the broker. It keeps its own books and no clock. */
import { partitionName, type TopicPartition } from '../../record.ts'
import { type Broken, Chain, type Staged } from './chain.ts'
import type { AuditReport, Violation } from './report.ts'

export interface StagedPosition {
  readonly groupId: string
  readonly partition: TopicPartition
  readonly transactionalId: string
  readonly producerId: number
  readonly epoch: number
  readonly clientId: string
  readonly generation: number
  readonly offset: number
}

interface Kept {
  readonly position: StagedPosition
  readonly staged: Staged
}

/** More than anybody looks at; a client that is wrong throughout must not fill the memory. */
const mostViolations = 1_000

export class Auditor {
  readonly #chains: Map<string, Chain> = new Map()
  /** By producer id, then by group and partition. */
  readonly #staged: Map<number, Map<string, Kept>> = new Map()
  readonly #initialisedAt: Map<string, number> = new Map()
  /** Why positions of the open transaction of an id were refused. */
  readonly #refused: Map<string, string> = new Map()
  readonly #violations: Violation[] = []
  readonly #committed: Set<string> = new Set()
  #commits = 0
  #time = 0

  /** A producer begins anew: it knows nothing of where it stands. */
  initialised(transactionalId: string): void {
    this.#initialisedAt.set(transactionalId, ++this.#time)
    this.renewed(transactionalId)
  }

  /** A producer has a new epoch: its transaction, if it had one, is aborted. */
  renewed(transactionalId: string): void {
    this.#refused.delete(transactionalId)
  }

  read(groupId: string, partition: TopicPartition, clientId: string, generation: number): void {
    this.#chain(keyOf(groupId, partition)).read(clientId, generation, ++this.#time)
  }

  staged(position: StagedPosition): void {
    const { groupId, partition, producerId, clientId } = position
    const key = keyOf(groupId, partition)
    const staged = { ...position, readAt: this.#chain(key).readAt(clientId) }
    const ofProducer = this.#staged.get(producerId) ?? new Map<string, Kept>()
    this.#staged.set(producerId, ofProducer)
    ofProducer.set(key, { position, staged })
  }

  refused(transactionalId: string, why: string): void {
    this.#refused.set(transactionalId, why)
  }

  /** EndTxn was accepted. */
  ended(transactionalId: string, ending: 'commit' | 'abort'): void {
    const why = this.#refused.get(transactionalId)
    this.#refused.delete(transactionalId)
    if (why === undefined || ending === 'abort') return
    this.#add({
      kind: 'refused-output',
      transactionalId,
      groupId: null,
      partition: null,
      text: `${transactionalId} was committed although its positions had been refused: ${why}`,
    })
  }

  /** A marker has decided the positions of those groups that a producer had staged. */
  settled(producerId: number, isMeant: (groupId: string) => boolean, ending: 'commit' | 'abort'): void {
    for (const [key, { position, staged }] of this.#staged.get(producerId) ?? []) {
      if (!isMeant(position.groupId)) continue
      this.#staged.get(producerId)!.delete(key)
      if (ending === 'commit') this.#settle(key, position, staged)
    }
    if (this.#staged.get(producerId)?.size === 0) this.#staged.delete(producerId)
  }

  /** A position was committed without a transaction. */
  committed(groupId: string, partition: TopicPartition): void {
    this.#chain(keyOf(groupId, partition)).restart()
  }

  report(overdue: readonly Violation[] = []): AuditReport {
    return {
      violations: [...this.#violations, ...overdue],
      chains: this.#committed.size,
      commits: this.#commits,
    }
  }

  #settle(key: string, { groupId, partition, transactionalId }: StagedPosition, staged: Staged): void {
    this.#commits++
    this.#committed.add(key)
    const beganAt = this.#initialisedAt.get(transactionalId) ?? -1
    const broken: Broken | null = this.#chain(key).settle(staged, ++this.#time, beganAt)
    if (broken !== null) this.#add({ ...broken, transactionalId, groupId, partition })
  }

  #add(violation: Violation): void {
    if (this.#violations.length < mostViolations) this.#violations.push(violation)
  }

  #chain(key: string): Chain {
    let chain = this.#chains.get(key)
    if (chain === undefined) {
      chain = new Chain()
      this.#chains.set(key, chain)
    }
    return chain
  }
}

function keyOf(groupId: string, partition: TopicPartition): string {
  return `${groupId} ${partitionName(partition)}`
}

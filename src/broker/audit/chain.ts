/**
 * The committed positions of one group in one partition. They are a chain when each producer begins where the last one
 * ended: it goes on from its own commit, or its client has read the position since another moved it. A broker sees a
 * total order of all that, which no client does.
 */
import type { ViolationKind } from './report.ts'

/** A position inside a transaction that is not decided yet. */
export interface Staged {
  readonly transactionalId: string
  readonly clientId: string
  readonly epoch: number
  readonly generation: number
  readonly offset: number
  /** When its client had last read the position; -1 when it never had. */
  readonly readAt: number
}

interface Link extends Staged {
  /** When the position became visible. */
  readonly settledAt: number
}

interface Read {
  readonly at: number
  readonly generation: number
}

export interface Broken {
  readonly kind: ViolationKind
  readonly text: string
}

export class Chain {
  #last: Link | null = null
  readonly #reads: Map<string, Read> = new Map()

  /** A client has been told the committed position, while the group was in that generation. */
  read(clientId: string, generation: number, at: number): void {
    this.#reads.set(clientId, { at, generation })
  }

  readAt(clientId: string): number {
    return this.#reads.get(clientId)?.at ?? -1
  }

  /** Begins anew: an administrator, or a member without transactions, has set the position. */
  restart(): void {
    this.#last = null
  }

  /** A transaction is decided and its position visible. `beganAt`: when the producer was last initialised. */
  settle(staged: Staged, settledAt: number, beganAt: number): Broken | null {
    const last = this.#last
    this.#last = { ...staged, settledAt }
    return last === null ? null : (this.#discontinuity(last, staged, beganAt) ?? backwards(last, staged))
  }

  #discontinuity(last: Link, staged: Staged, beganAt: number): Broken | null {
    const goesOn = last.transactionalId === staged.transactionalId && beganAt < last.settledAt
    if (goesOn || staged.readAt > last.settledAt) return null
    const read = this.#reads.get(staged.clientId)
    const isLate = read !== undefined && read.generation > last.generation && last.generation >= 0
    const owner = `${last.transactionalId} (epoch ${last.epoch}, generation ${last.generation})`
    const text = `${owner} moved the position to ${last.offset} after ${staged.transactionalId} had read it`
    return { kind: isLate ? 'late-commit' : 'broken-chain', text }
  }
}

function backwards(last: Link, staged: Staged): Broken | null {
  if (staged.offset >= last.offset) return null
  return { kind: 'moved-back', text: `the position went from ${last.offset} back to ${staged.offset}` }
}

/** A value can't be decoded yet: something must be fetched first, its schema for one. */
import type { MillraceError } from '../faults.ts'

/**
 * Thrown by `decode`. The record is neither good nor bad: it is kept, and decoded again once `ready` is resolved, which
 * may end in the same error. `ready` never rejects.
 * @example throw new NotReady('The codebook is being fetched', fetched) // from `decode` of a serde that has `prepare`
 */
export class NotReady extends Error {
  override readonly name = 'NotReady'
  readonly ready: Promise<void>
  /** What to refuse the record with, once it has waited for as long as the serde lets it. */
  readonly overdue: MillraceError | null

  constructor(what: string, ready: Promise<void>, overdue: MillraceError | null = null) {
    super(what)
    this.ready = ready
    this.overdue = overdue
  }
}

/** By shape, in a chain of causes: two copies of the package may meet. */
export function findNotReady(error: unknown): NotReady | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 16; link = link.cause, depth++) {
    if (link.name === 'NotReady' && 'ready' in link) return link as NotReady
  }
  return undefined
}

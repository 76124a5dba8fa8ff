/** A topology of ours as the bench needs it, to measure it again and again. */
import { internalTopics, type NexmarkWork } from './nexmark/works.ts'

export interface OwnWork {
  readonly name: string
  /** For `millrace run FILE`. */
  readonly file: string
  /** Its group. */
  readonly app: string
  readonly output: string
  /** Topics that it makes itself. */
  readonly internal: readonly string[]
  readonly isStateful: boolean
}

/** @example ownWork(workNamed('q4')).isStateful // true */
export function ownWork(work: NexmarkWork): OwnWork {
  const internal = internalTopics(work)
  const isStateful = internal.some((name) => name.endsWith('.changelog'))
  const { name, file, output, topology } = work
  return { name, file, output, app: topology.name, internal, isStateful }
}

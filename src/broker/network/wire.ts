/** What a connection is made of. */
import type { Duplex } from 'node:stream'

/** A socket, or what stands for one inside a process. */
export type Wire = Duplex & {
  readonly remoteAddress?: string | undefined
  setNoDelay?(on: boolean): unknown
  /** Ends the connection as the death of a process does. */
  resetAndDestroy?(): unknown
}

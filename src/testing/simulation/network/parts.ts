/** What the network of a process is made of. */
import type { Socket } from 'node:net'
import type { Clock } from '../../../clock.ts'
import type { Random } from '../../../random.ts'
import type { ProcessClock } from '../scheduler.ts'

/** How a connection to a broker inside the process is made. */
export type Dial = (wanted: { readonly host: string; readonly port: number; readonly onConnect: () => void }) => Socket

export interface NetworkParts {
  readonly dial: Dial
  /** Of the process: what arrives for it happens on this clock, or never. */
  readonly clock: ProcessClock
  /** What was sent travels on this one, whatever becomes of the sender. */
  readonly wire: Clock
  readonly random: Random
  /** Ends the process. */
  readonly kill: () => void
}

/** What a simulated process is to the scheduler, and an alarm that it has set. */

/** Who an alarm belongs to. What it sets in motion happens as this process, until the next alarm rings. */
export interface Process {
  readonly name: string
  /** Draws a place among those that are due at the same time. */
  readonly turn: (time: number) => number
  isDead: boolean
  /** Stopped until then, as by SIGSTOP; what falls due before happens then. */
  frozenUntil: number
}

export interface Alarm {
  at: number
  /** Among alarms of one time: the process's draw, then the order of asking. */
  turn: number
  readonly sequence: number
  readonly process: Process
  readonly callback: () => void
  isSet: boolean
}

/** A process whose turn among others is drawn anew for every moment. */
export function newProcess(name: string, seed: number): Process {
  return { name, turn: (time) => mixed(seed, time), isDead: false, frozenUntil: 0 }
}

/** A number that looks drawn and depends on both. */
function mixed(seed: number, time: number): number {
  let bits = Math.imul(seed ^ (Math.floor(time) | 0), 0x9e3779b1)
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b)
  return (bits ^ (bits >>> 13)) >>> 0
}

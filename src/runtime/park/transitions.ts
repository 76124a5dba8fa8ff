/**
 * How a key is parked and comes free again, as a total table (`failures.md` 2.2). A letter is a record of the key that
 * lies in the queue, or comes back from it. Only the oldest one runs: whatever a redrive brings, in whatever order, none
 * overtakes another.
 */

export type KeyState = 'free' | 'parked'

export type KeyEvent =
  /** A record that is no letter is about to be run. */
  | 'newcomer'
  /** The oldest letter of its topic is about to be run again. */
  | 'letter-in-turn'
  /** A letter comes back, and an older one has not gone through. */
  | 'letter-out-of-turn'
  /** A record that is no letter has failed, and its policy is to park it. */
  | 'failed'
  /** A letter has failed again, and is to be parked. */
  | 'letter-failed'
  /** A letter went through, or came to another end. */
  | 'letter-left'
  | 'last-letter-left'

/**
 * `run`: it goes through the graph. `park`: it goes to the queue as the first of its key. `behind`: it goes to the queue
 * behind the first. `back`: it goes back to the queue, with the turn it had. `forget`: nothing is left of it there.
 */
export type KeyAction = 'run' | 'park' | 'behind' | 'back' | 'forget'

export interface Transition {
  readonly action: KeyAction
  readonly next: KeyState
}

/** Null: can't be. What is free has no letters, and what is parked runs nothing else. */
export const transitions: Readonly<Record<KeyState, Readonly<Record<KeyEvent, Transition | null>>>> = {
  free: {
    newcomer: { action: 'run', next: 'free' },
    'letter-in-turn': null,
    'letter-out-of-turn': null,
    failed: { action: 'park', next: 'parked' },
    'letter-failed': null,
    'letter-left': null,
    'last-letter-left': null,
  },
  parked: {
    newcomer: { action: 'behind', next: 'parked' },
    'letter-in-turn': { action: 'run', next: 'parked' },
    'letter-out-of-turn': { action: 'back', next: 'parked' },
    failed: null,
    'letter-failed': { action: 'back', next: 'parked' },
    'letter-left': { action: 'forget', next: 'parked' },
    'last-letter-left': { action: 'forget', next: 'free' },
  },
}

/** @throws Error for what can't be: a bug of ours */
export function transitionOf(state: KeyState, event: KeyEvent): Transition {
  const transition = transitions[state][event]
  if (transition === null) throw new Error(`A key that is ${state} can't see ${event}`)
  return transition
}

/** Watches threads from outside: one that has the same record in hand for too long, and does not turn, is stuck in it. */
import type { HandBoard, HandState, RecordPlace } from './hand-board.ts'

/** So often within the given time it is looked at, so that a process that was asleep itself does not count as stuck. */
const looks = 10

/** What is known after a look. */
export interface Watching {
  readonly state: HandState
  /** Looks in a row in which nothing moved. */
  readonly still: number
}

/**
 * One more look at a thread.
 * @example look({ state, still: 9 }, state) // { state, still: 10 }: it is stuck
 */
export function look(before: Watching | null, state: HandState): Watching {
  const isSame =
    before !== null && state.record !== null && before.state.takes === state.takes && before.state.beats === state.beats
  return { state, still: isSame ? before.still + 1 : 0 }
}

/** Calls `stuck` once, with the record. @returns what ends the watch */
export function watchHand(board: HandBoard, milliseconds: number, stuck: (record: RecordPlace) => void): () => void {
  let watching: Watching | null = null
  const timer = setInterval(
    () => {
      watching = look(watching, board.read())
      if (watching.still < looks) return
      clearInterval(timer)
      stuck(watching.state.record!)
    },
    Math.max(1, milliseconds / looks),
  )
  timer.unref()
  return () => clearInterval(timer)
}

/** A worker thread that is started anew when a record has ended it: that record is refused the next time. */
import { MillraceError } from '../../faults.ts'
import type { RunSummary } from '../../run.ts'
import { type Blames, nameOf } from './blames.ts'
import { HandBoard, type RecordPlace } from './hand-board.ts'
import { watchHand } from './watchdog.ts'
import type { WatchMemory } from './watched-hand.ts'

export interface RunningThread {
  readonly finished: Promise<readonly RunSummary[]>
  stop(): void
  end(): void
}

/** The thread ended without a word. */
export class ThreadDeath extends MillraceError {}

export interface WatchTerms {
  /** So long may one record take. */
  readonly milliseconds: number
  readonly blames: Blames
  /** By record, over all threads: its task may move when a thread dies. */
  readonly deaths: Map<string, number>
  /** For people, a line each. */
  tell(text: string): void
}

/** With the same record in hand: the record is to blame, not the machine. */
const deathsAllowed = 3

/**
 * Starts a thread, and again whenever it dies with a record in hand or is stuck in one.
 * @param start makes a thread that notes its record in that memory
 */
export function superviseThread(start: (memory: WatchMemory) => RunningThread, terms: WatchTerms): RunningThread {
  let current: RunningThread | null = null
  let isStopping = false

  async function live(): Promise<readonly RunSummary[]> {
    const board = new HandBoard()
    const thread = start({ hand: board.memory, blames: terms.blames.memory })
    current = thread
    if (isStopping) thread.stop()
    const hanging: RecordPlace[] = []
    const unwatch = watchHand(board, terms.milliseconds, (record) => {
      hanging.push(record)
      thread.end()
    })
    try {
      return await thread.finished
    } catch (error) {
      const record = hanging[0] ?? board.read().record
      if (!(error instanceof ThreadDeath) || record === null || isStopping) throw error
      blame(record, hanging.length > 0)
    } finally {
      unwatch()
    }
    return await live()
  }

  function blame(record: RecordPlace, isStuck: boolean): void {
    const name = nameOf(record)
    const count = (terms.deaths.get(name) ?? 0) + 1
    terms.deaths.set(name, count)
    if (isStuck) terms.blames.add({ ...record, reason: 'timeout', deaths: count })
    else if (count >= deathsAllowed) terms.blames.add({ ...record, reason: 'process', deaths: count })
    terms.tell(isStuck ? `ended a thread that was stuck in ${name}` : `a thread died with ${name} in hand (${count})`)
  }

  return {
    finished: live(),
    stop: () => {
      isStopping = true
      current?.stop()
    },
    end: () => {
      isStopping = true
      current?.end()
    },
  }
}

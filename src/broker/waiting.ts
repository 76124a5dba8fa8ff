/** Long polls: waiting for records in any of several partitions. */
import type { Timer } from '../clock.ts'
import type { Broker } from './broker.ts'
import type { PartitionLog } from './log/log.ts'

interface Wait {
  readonly logs: readonly PartitionLog[]
  readonly broker: Broker
  /** Aborted when nobody is interested any more. */
  readonly signal: AbortSignal
  readonly milliseconds: number
  /** Asked after something was written. */
  readonly isDone: () => boolean
}

/**
 * Resolves when `isDone`, when the time is over or when the caller is gone. Writes that come together are looked at
 * together: the question is asked once an event loop turn.
 */
export function waitForRecords({ logs, broker, signal, milliseconds, isDone }: Wait): Promise<void> {
  return new Promise((resolve) => {
    let isAsking = false
    let isOver = false
    const finish = (): void => {
      if (isOver) return
      isOver = true
      timer.cancel()
      signal.removeEventListener('abort', finish)
      for (const log of logs) log.stopWaiting(wake)
      resolve()
    }
    const ask = (): void => {
      isAsking = false
      if (isOver) return
      if (isDoneOrFails(isDone)) finish()
      else watch()
    }
    const wake = (): void => {
      if (isAsking || isOver) return
      isAsking = true
      broker.settings.clock.soon(ask)
    }
    const watch = (): void => {
      for (const log of logs) log.wait(wake)
    }
    const timer: Timer = broker.timers.after(milliseconds, finish)
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
    else watch()
  })
}

/** A disk that cannot be read ends the waiting: whoever waited asks once more, and is told. */
function isDoneOrFails(isDone: () => boolean): boolean {
  try {
    return isDone()
  } catch {
    return true
  }
}

/** A clock that only a test moves. */
import type { Clock } from '../../src/clock.ts'

export interface HandClock extends Clock {
  /** Goes on by so much: timers that come due are called in order, and what they set in motion is waited for. */
  advance(milliseconds: number): Promise<void>
  readonly pending: number
}

export function handClock(): HandClock {
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  let now = 0
  return {
    now: () => now,
    monotonic: () => now,
    after(milliseconds, callback) {
      const timer = { at: now + milliseconds, callback }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
    soon: queueMicrotask,
    get pending() {
      return timers.size
    },
    async advance(milliseconds) {
      const end = now + milliseconds
      for (;;) {
        await settle()
        const due = [...timers].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0]
        if (due === undefined) break
        timers.delete(due)
        now = Math.max(now, due.at)
        due.callback()
      }
      now = end
    },
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

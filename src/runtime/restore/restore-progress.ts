/** How far the restore of one store has come, told to whoever listens: when it begins, once a second, when it is through. */
import type { Clock } from '../../clock.ts'
import { publish } from '../../observe/events.ts'

const everyMilliseconds = 1_000

export class RestoreProgress {
  /** Changelog records that are still to be read; null before that is known. */
  remaining: number | null = null
  rows = 0
  private readonly clock: Clock
  private readonly place: { readonly task: string; readonly store: string }
  private start = 0
  private end = 0
  private begunAt = 0
  private toldAt = 0

  constructor(clock: Clock, task: string, store: string) {
    this.clock = clock
    this.place = { task, store }
  }

  /** Offsets of the changelog: what is read lies between them. */
  begin(start: number, end: number): void {
    this.start = start
    this.end = end
    this.remaining = Math.max(0, end - start)
    this.begunAt = this.toldAt = this.clock.monotonic()
    publish('restore.started', () => ({ ...this.place, remaining: this.remaining! }))
  }

  reached(position: number): void {
    this.remaining = Math.max(0, this.end - position)
    const now = this.clock.monotonic()
    if (this.remaining === 0 || now - this.toldAt < everyMilliseconds) return
    this.toldAt = now
    publish('restore.progress', () => this.detail(now))
  }

  finish(): void {
    this.remaining = 0
    const { rows, rowsPerSecond } = this.detail(this.clock.monotonic())
    publish('restore.ended', () => ({ ...this.place, rows, rowsPerSecond }))
  }

  /** Offsets pass faster than rows come, where compaction has left gaps: the time left is of offsets. */
  private detail(now: number) {
    const elapsed = now - this.begunAt
    const remaining = this.remaining ?? 0
    const passed = this.end - this.start - remaining
    return {
      ...this.place,
      rows: this.rows,
      remaining,
      rowsPerSecond: elapsed > 0 ? Math.round((this.rows * 1_000) / elapsed) : 0,
      millisecondsLeft: passed > 0 ? Math.round((elapsed * remaining) / passed) : null,
    }
  }
}

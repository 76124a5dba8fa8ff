/** Rows of windows that lie in the same places for all keys: under a number that tells start and end, then the key. */
import type { Row, WindowStore } from '../../state/store.ts'
import { type CumulateWindows, cumulateStart, type TimeWindows } from '../../time/windows.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'

/** The number is the start; of windows that share their start the end. */
export class TimeRows implements WindowRows {
  private readonly store: WindowStore
  private readonly windows: TimeWindows | CumulateWindows
  /** From the number to the end. */
  private readonly toEnd: number

  constructor(store: WindowStore, windows: TimeWindows | CumulateWindows) {
    this.store = store
    this.windows = windows
    this.toEnd = windows.kind === 'cumulate' ? 0 : windows.size
  }

  get firstEnd(): number {
    return this.store.firstStart + this.toEnd
  }

  *ended(after: number, until: number): Iterable<WindowRow> {
    for (const number of this.numbers(after, until)) {
      const end = number + this.toEnd
      const start = this.startOf(number)
      for (const row of this.store.walk(number)) yield { start, end, row }
    }
  }

  get(start: number, end: number, key: unknown): Row | undefined {
    return this.store.get(this.numberOf(start, end), key)
  }

  delete({ start, end, row }: WindowRow): void {
    this.store.delete(this.numberOf(start, end), row.key)
  }

  /** Listed first: a number without rows leaves the store. */
  private numbers(after: number, until: number): number[] {
    const numbers: number[] = []
    for (const number of this.store.starts()) {
      if (number + this.toEnd > until) break
      if (number + this.toEnd > after) numbers.push(number)
    }
    return numbers
  }

  private numberOf(start: number, end: number): number {
    return this.windows.kind === 'cumulate' ? end : start
  }

  private startOf(number: number): number {
    return this.windows.kind === 'cumulate' ? cumulateStart(this.windows, number - 1) : number
  }
}

/** Which windows of a key a record changes, where windows are anchored at records (`semantics.md` 3.4). Pure. */

/** A window that has records: its start, and the largest time of a record in it. */
export interface SlidingWindow {
  readonly start: number
  readonly latest: number
}

/** One changed window. */
export interface SlidingChange<W extends SlidingWindow> {
  readonly start: number
  /** Whose sum it begins with, as it was before the record: the window itself, or a neighbour; null: with nothing. */
  readonly from: W | null
  /** False for the window right behind the record, which holds others only. */
  readonly adds: boolean
}

/** So far back windows may tell of records in reach. */
export function reachOf(time: number, length: number): { readonly from: number; readonly to: number } {
  return { from: Math.max(0, time - 2 * length), to: time + 2 }
}

/**
 * The changes of a record, in ascending starts.
 * @param windows those of the key that start in `reachOf(time, length)`, ascending
 */
export function changesOf<W extends SlidingWindow>(
  windows: readonly W[],
  time: number,
  length: number,
): SlidingChange<W>[] {
  const left = Math.max(0, time - length)
  const holding = windows.filter(({ start }) => start <= time && time <= start + length)
  const changes: SlidingChange<W>[] = holding.map((window) => ({ start: window.start, from: window, adds: true }))
  const has = (start: number): boolean => windows.some((window) => window.start === start)
  if (!has(left)) changes.push({ start: left, from: leftNeighbour(windows, left), adds: true })
  const behindLast = lastBefore(windows, time) + 1
  if (behindLast > left && behindLast <= time && !has(behindLast)) {
    changes.push({ start: behindLast, from: null, adds: true })
  }
  const right = rightNeighbour(holding, time)
  if (right !== null && !has(time + 1)) changes.push({ start: time + 1, from: right, adds: false })
  return changes.sort((one, other) => one.start - other.start)
}

/** Were there a record of it before `left`, a window would begin behind that: it holds just what the new one starts with. */
function leftNeighbour<W extends SlidingWindow>(windows: readonly W[], left: number): W | null {
  const nearest = windows.findLast(({ start }) => start < left)
  return nearest !== undefined && nearest.latest >= left ? nearest : null
}

/** The time of the last record before `time`; if no window begins behind it, nothing else is near. */
function lastBefore(windows: readonly SlidingWindow[], time: number): number {
  return windows.reduce((last, { latest }) => (latest < time && latest > last ? latest : last), -1)
}

/** Of the windows around the record the one that begins last; it holds nothing up to the record, what it holds is behind. */
function rightNeighbour<W extends SlidingWindow>(holding: readonly W[], time: number): W | null {
  const nearest = holding.at(-1)
  return nearest !== undefined && nearest.latest > time ? nearest : null
}

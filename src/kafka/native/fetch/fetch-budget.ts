/** How much memory a fetcher may use for what was read ahead and for what is on its way. */

/** Requests that may wait at one node at the same time. */
export const seatsPerNode = 2

/**
 * What one answer may hold. All seats together get half of the whole, so that a long poll where nothing happens never
 * takes the room that another node's answer needs.
 * @example quotaOf(16 * 1024 * 1024, 1) // 4 MiB
 */
export function quotaOf(maxBytes: number, nodes: number): number {
  return Math.max(1, Math.floor(maxBytes / 2 / (seatsPerNode * Math.max(1, nodes))))
}

/** What paused partitions may keep in all: the other half belongs to those that are read. */
export function pausedLimitOf(maxBytes: number): number {
  return Math.floor(maxBytes / 2)
}

interface Held {
  readonly sizeInBytes: number
  readonly isPaused: boolean
}

/** Bytes read ahead: of all, and of those that are paused. */
export function heldBytes(feeds: Iterable<Held>): { readonly all: number; readonly paused: number } {
  let all = 0
  let paused = 0
  for (const { sizeInBytes, isPaused } of feeds) {
    all += sizeInBytes
    if (isPaused) paused += sizeInBytes
  }
  return { all, paused }
}

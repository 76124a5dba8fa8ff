/** What a stretch of work has cost this process. */
import { getHeapStatistics } from 'node:v8'

const microsecondsPerSecond = 1_000_000

/** CPU seconds of all threads since the start. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / microsecondsPerSecond
}

/** Bytes of the heap in use: differences tell what was allocated only while nothing is collected (`--min-semi-space-size`). */
export function allocated(): number {
  return getHeapStatistics().used_heap_size
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

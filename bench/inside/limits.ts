/**
 * What each work takes a record at most, as counted by `guard.ts`: the present figures, and 15 % more. Who
 * makes something cheaper lowers them; who raises one says why.
 */
import type { Counts } from './counts.ts'

/** By work. */
export const limits: Readonly<Record<string, Counts>> = {
  drop: { heapBytes: 480, promises: 0.0142, copiedBytes: 5.4 },
  steps: { heapBytes: 490, promises: 0.0142, copiedBytes: 5.4 },
  copy: { heapBytes: 535, promises: 0.0164, copiedBytes: 100 },
  map: { heapBytes: 952, promises: 0.0164, copiedBytes: 108 },
  'count-text': { heapBytes: 893, promises: 0.0145, copiedBytes: 10.3 },
}

/** Counts of one work differ by 5 % from run to run; a closure a record is a quarter of what the smallest work takes. */
const tolerance = 1.15

/**
 * What a work takes more of than it may, in words; empty where all is well.
 * @example excesses({ heapBytes: 900, promises: 0, copiedBytes: 0 }, { heapBytes: 500, promises: 0, copiedBytes: 0 })
 */
export function excesses(counts: Counts, limit: Counts): string[] {
  const names = Object.keys(limit) as (keyof Counts)[]
  return names
    .filter((name) => counts[name] > limit[name] * tolerance)
    .map((name) => `${name}: ${counts[name].toFixed(3)} a record, ${limit[name]} at most`)
}

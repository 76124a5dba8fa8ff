/** Marks of letters that are gone. */

import { markKey } from '../marks.ts'
import type { JobRange } from './jobs.ts'
import type { Ledger } from './ledger.ts'

/** Marks, in one redrive. */
const mostForgotten = 20_000

/** Rows that delete them. Letters that retention or a purge has taken need no mark: offsets don't come back. */
export function forgotten(topic: string, ledger: Ledger, ranges: readonly JobRange[]): [key: string, value: null][] {
  const places = ranges.flatMap(({ partition, from }) => {
    return ledger.settledBelow(partition, from).map((offset) => ({ topic, partition, offset }))
  })
  return places.slice(0, mostForgotten).map((place) => [markKey(place), null])
}

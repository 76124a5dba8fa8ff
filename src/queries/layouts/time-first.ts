/** Windows that lie in the same places for all keys: rows under a number that tells start and end, then the key. */
import { readTime, timeKey } from '../../state/row-key.ts'
import { type CumulateWindows, cumulateStart, type TimeWindows } from '../../time/windows.ts'
import type { NodeStore } from '../../topology/nodes.ts'
import type { Span } from '../entry.ts'
import { behind, type Layout, laterOf } from './layout.ts'
import { type Show, valuesOf } from './values.ts'

const numberBytes = 8

/** The number is the start; of windows that share their start the end. */
export function timeFirstLayout(store: NodeStore, windows: TimeWindows | CumulateWindows, show?: Show): Layout {
  const values = valuesOf(store, show)
  const isCumulate = windows.kind === 'cumulate'
  const spanOf = (number: number): Span =>
    isCumulate
      ? { start: cumulateStart(windows, number - 1), end: number }
      : { start: number, end: number + windows.size }
  const place: Layout['place'] = (rowKey) => {
    return { key: values.key(rowKey.subarray(numberBytes)), span: spanOf(readTime(rowKey, 0)) }
  }
  const lowest = ({ start }: Span): Buffer | null => (start === null ? null : timeOrNull(start))
  const highest = ({ end }: Span): Buffer | null =>
    end === null ? null : timeOrNull(end + (isCumulate ? windows.size : 0))
  return {
    kind: 'windows',
    life: null,
    history: null,
    *find(rows, { key, span, after }) {
      const from = lowest(span)
      const to = highest(span)
      if (key === null) return yield* rows.scan(laterOf(from, after && behind(after)), to)
      for (const number of rows.prefixes(
        numberBytes,
        laterOf(from, after === null ? null : after.subarray(0, numberBytes)),
      )) {
        if (to !== null && Buffer.compare(number, to) >= 0) return
        const rowKey = Buffer.concat([number, key])
        if (after !== null && Buffer.compare(rowKey, after) <= 0) continue
        const bytes = rows.get(rowKey)
        if (bytes !== undefined) yield { key: rowKey, bytes }
      }
    },
    read({ key, bytes }) {
      const value = values.value(bytes)
      if (value === undefined) return null
      return { ...place(key), value, time: values.time(bytes) }
    },
    keyOf: (rowKey) => rowKey.subarray(numberBytes),
    place,
  }
}

/** Row keys hold no negative times: nothing lies before them. */
function timeOrNull(time: number): Buffer | null {
  return timeKey(Math.min(Math.max(0, Math.ceil(time)), Number.MAX_SAFE_INTEGER))
}

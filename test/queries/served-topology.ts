/** Sums and counts per minute of numbers: a table and windows, for workers that answer questions. */

import type { KeyedStream, Table, Topic, Window } from '../../src/index.ts'
import {
  deadLetter,
  from,
  json,
  number,
  type Topology,
  table,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'

export interface ServedTopology {
  readonly built: Topology
  readonly items: Topic<string, number>
  readonly sums: Table<string, number>
  readonly minutes: KeyedStream<string, number, Window>
  readonly topics: readonly string[]
}

/** A value of `bad` makes a sum that can't be encoded: the flush of its transaction fails, and it is worked again. */
export const bad = -1

export function servedTopology(app: string): ServedTopology {
  const items = topic(`${app}.items`, { key: text, value: number })
  const out = topic(`${app}.out`, { key: text, value: json<number>() })
  const source = from(items, { onFailure: [deadLetter('bad')] })
  const sums = source.aggregate('sums', {
    as: number,
    start: 0,
    add: (sum, value) => (value === bad ? Number.NaN : sum + value),
  })
  const minutes = source
    .filter((value) => value !== bad)
    .window(tumbling({ minutes: 1 }, { grace: { days: 1 } }))
    .count('per-minute')
  const built = topology(
    app,
    sums.filter(() => false).to(table(`${app}.sums`, { key: text, value: number })),
    minutes.to(out),
  )
  return { built, items, sums, minutes, topics: [items.name, out.name, `${app}.sums`] }
}

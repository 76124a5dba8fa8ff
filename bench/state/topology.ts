/** A counter per key and day: what is restored, and what takes memory. */
import { from, number, type Topology, text, topic, topology, tumbling } from '../../src/index.ts'

export const visits = topic('bench.visits', { key: text, value: text })
export const counters = topic('bench.counters', { key: text, value: number })

/** Its windows stay open: nothing comes out, every row stays in the store. */
export const counted: Topology = topology(
  'bench-state',
  from(visits, { idle: 'off' })
    .window(tumbling({ days: 1 }))
    .count('counters')
    .to(counters),
)

/** What the tests of local state run: a count per key, and a table beside it whose own topic is its changelog. */
import { from, nullable, number, type Topology, table, text, topic, topology } from '../../src/index.ts'

export interface Counted {
  readonly app: string
  readonly items: string
  readonly names: string
  readonly counts: string
  readonly copies: string
  readonly built: Topology
}

export function counted(app: string): Counted {
  const items = topic(`${app}.items`, { key: text, value: text })
  const names = table(`${app}.names`, { key: text, value: text })
  const counts = topic(`${app}.counts`, { key: text, value: number })
  const copies = topic(`${app}.copies`, { key: text, value: nullable(text) })
  const built = topology(app, from(items).count('per-key').toStream().to(counts), from(names).toStream().to(copies))
  return { app, items: items.name, names: names.name, counts: counts.name, copies: copies.name, built }
}

/** A topology whose records wait: copied before, asked about, counted behind. Some answers are rejections. */
import { from, json, type Topology, text, topic, topology, tumbling } from '../../../src/index.ts'

export interface AsyncTopology {
  readonly built: Topology
  readonly app: string
  readonly items: string
  readonly copies: string
  readonly answers: string
  readonly counts: string
}

/** Milliseconds of event time in a window. */
export const windowSize = 100

/** @throws Error for a value that nobody can answer */
export function answerOf(value: string): string {
  if (value.startsWith('bad')) throw new Error(value)
  return value.toUpperCase()
}

/** @param ask answers a value */
export function asyncTopology(
  app: string,
  ask: (value: string, signal: AbortSignal) => Promise<string>,
): AsyncTopology {
  const keyed = { key: text, value: text }
  const items = topic(`${app}.items`, keyed)
  const copies = topic(`${app}.copies`, keyed)
  const answers = topic(`${app}.answers`, keyed)
  const counts = topic(`${app}.counts`, { key: text, value: json<number>() })
  const source = from(items)
  const answered = source.mapAsync('ask', (value, { signal }) => ask(value, signal), { concurrency: 8 })
  const counted = answered.window(tumbling({ milliseconds: windowSize })).count('answered')
  const built = topology(app, source.to(copies), answered.to(answers), counted.to(counts))
  return { built, app, items: items.name, copies: copies.name, answers: answers.name, counts: counts.name }
}

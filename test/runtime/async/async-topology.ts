/** A topology whose records wait: copied before, asked about, counted behind. Some answers are rejections. */
import { deadLetter, from, json, retry, type Topology, text, topic, topology, tumbling } from '../../../src/index.ts'

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

/** Tries of the same key go one behind the other: the waits of all that can't be answered add up. */
const backoff = [{ milliseconds: 5 }, { milliseconds: 20 }] as const

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
  const answered = source.mapAsync('ask', (value, { signal }) => ask(value, signal), {
    concurrency: 8,
    onFailure: [retry({ times: 3, backoff }), deadLetter(items.name)],
  })
  const counted = answered.window(tumbling({ milliseconds: windowSize })).count('answered')
  const built = topology(app, source.to(copies), answered.to(answers), counted.to(counts))
  return { built, app, items: items.name, copies: copies.name, answers: answers.name, counts: counts.name }
}

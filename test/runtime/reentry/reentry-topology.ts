/** A topology whose steps fail now and then: copied before, counted and asked about behind. Nothing of it minds the order. */
import {
  deadLetter,
  from,
  json,
  retryLater,
  retryTopics,
  type Topology,
  text,
  topic,
  topology,
} from '../../../src/index.ts'

export interface RetryingTopology {
  readonly built: Topology
  readonly app: string
  readonly items: string
  readonly copies: string
  readonly counts: string
  readonly answers: string
}

/** So many failures a record may have, over all owners. */
const delays = [40, 80, 120, 160, 40, 80, 120, 160].map((milliseconds) => ({ milliseconds }))

/** @param fails true where the step is to throw at this attempt */
export function retryingTopology(
  app: string,
  fails: (step: 'price' | 'ask', value: string) => boolean,
): RetryingTopology {
  const keyed = { key: text, value: text }
  const items = topic(`${app}.items`, keyed)
  const copies = topic(`${app}.copies`, keyed)
  const counts = topic(`${app}.counts`, { key: text, value: json<number>() })
  const answers = topic(`${app}.answers`, keyed)
  const attempt = (step: 'price' | 'ask', value: string): string => {
    if (fails(step, value)) throw retryLater(`not yet, ${value}`)
    return value
  }
  const source = from(items)
  const priced = source.map((value) => attempt('price', value), {
    onFailure: [retryTopics('prices', delays), deadLetter('unpriced')],
  })
  const asked = priced.mapAsync('ask', async (value) => attempt('ask', value), {
    onFailure: [retryTopics('answers', delays), deadLetter('unanswered')],
  })
  const built = topology(app, source.to(copies), priced.count('priced').to(counts), asked.to(answers))
  return { built, app, items: items.name, copies: copies.name, counts: counts.name, answers: answers.name }
}

/** Fails so many times at each step, as often as the value says in this process: `item-7:1:2`. */
export function failingAsSaid(): (step: 'price' | 'ask', value: string) => boolean {
  const failed = new Map<string, number>()
  return (step, value) => {
    const wanted = Number(value.split(':')[step === 'price' ? 1 : 2])
    const name = `${step} ${value}`
    const before = failed.get(name) ?? 0
    failed.set(name, before + 1)
    return before < wanted
  }
}

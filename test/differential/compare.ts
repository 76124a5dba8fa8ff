/** The same scripts on both brokers, and the first step of each whose answers differ. */
import { explanations } from './explained.ts'
import { answersOf, scriptOf } from './script.ts'
import type { Protocol } from './world.ts'

export interface Difference {
  readonly seed: number
  readonly step: number
  readonly kafka: string
  readonly embedded: string
  /** Name of the explanation; null when there is none. */
  readonly explained: string | null
}

export interface Comparison {
  readonly seeds: number
  readonly requests: number
  readonly differences: readonly Difference[]
}

export interface Brokers {
  readonly kafka: string
  readonly embedded: string
  readonly protocol: Protocol
}

/** Seeds from `first` on. A script whose answers part is not followed further: what comes after may differ for that alone. */
export async function compareSeeds(brokers: Brokers, first: number, count: number): Promise<Comparison> {
  const differences: Difference[] = []
  let requests = 0
  for (let seed = first; seed < first + count; seed++) {
    const steps = scriptOf(seed)
    const name = `s${seed}v${brokers.protocol}`
    const [kafka, embedded] = await Promise.all([
      answersOf(steps, brokers.kafka, name, brokers.protocol),
      answersOf(steps, brokers.embedded, name, brokers.protocol),
    ])
    requests += steps.length
    const step = kafka.findIndex((answer, index) => answer !== embedded[index])
    if (step >= 0) differences.push(difference(seed, step, kafka[step]!, embedded[step]!))
  }
  return { seeds: count, requests, differences }
}

function difference(seed: number, step: number, kafka: string, embedded: string): Difference {
  const explanation = explanations.find((known) => known.explains(kafka, embedded))
  return { seed, step, kafka, embedded, explained: explanation?.name ?? null }
}
